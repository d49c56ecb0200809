/** An operation as a row, and as the API shows it. */
import {
  activeOperationStates,
  type ChildCounts,
  type Operation,
  type OperationState,
  operationEnded,
  say,
} from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Database } from '@zhiyun/store';
import type { Selectable } from 'kysely';
import { isRetryable } from './children/retry-children.ts';
import type { JournalState } from './journal-state.ts';
import type { TransactionDefinition } from './types.ts';

export type OperationRow = Selectable<Database['operation']>;

export function journalOf(row: OperationRow): JournalState {
  return { state: row.state, cursor: row.cursor, steps: row.steps, memory: row.memory, error: row.error };
}

export function operationActive(state: OperationState): boolean {
  return (activeOperationStates as readonly OperationState[]).includes(state);
}

/** Index of the first action that a cancel can no longer prevent. */
export function pointOfNoReturn(definition: TransactionDefinition): number {
  const index = definition.actions.findIndex((action) => action.pointOfNoReturn);
  return index === -1 ? definition.actions.length : index;
}

/** Whether a cancel takes effect just before action `index`. */
export function cancelHeardBefore(definition: TransactionDefinition, index: number): boolean {
  return index < definition.actions.length && index <= pointOfNoReturn(definition);
}

/** Whether a cancel aborts action `index` itself. */
export function cancelInterrupts(definition: TransactionDefinition, index: number): boolean {
  return definition.actions[index]?.cancellable === true && index < pointOfNoReturn(definition);
}

/** Whether a cancel would still take effect. */
export function isCancellable(row: OperationRow, definition: TransactionDefinition | undefined): boolean {
  if (!definition || row.cancel_requested) return false;
  if (row.state !== 'pending' && row.state !== 'running') return false;
  const running = row.steps[row.cursor]?.state === 'running';
  const next = running ? row.cursor + 1 : row.cursor;
  return (running && cancelInterrupts(definition, row.cursor)) || cancelHeardBefore(definition, next);
}

/** Why `isCancellable` is false. */
export function notCancellable(row: OperationRow): PlatformError {
  const { id, state } = row;
  const sentence = operationEnded(state)
    ? say('operation.ended', { id, state })
    : state === 'running'
      ? say('operation.too-far', { id })
      : say('operation.undoing', { id, state });
  return new PlatformError('not-cancellable', sentence);
}

export function createdByOf({ created_by_id: id, created_by_name: username }: OperationRow): Operation['createdBy'] {
  return id && username !== null ? { id, username } : null;
}

export function operationOf(
  row: OperationRow,
  definition: TransactionDefinition | undefined,
  children?: ChildCounts | undefined,
): Operation {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    progress: row.progress,
    steps: row.steps,
    target: { kind: row.target_kind, id: row.target_id, name: row.target_name },
    error: row.error,
    cancellable: isCancellable(row, definition),
    cancelRequested: row.cancel_requested,
    createdBy: createdByOf(row),
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    ...(row.parent !== null && { parent: row.parent }),
    ...(row.retried && { retried: true }),
    ...(children && { children }),
    ...(isRetryable(row, definition) && { retryable: true }),
  };
}
