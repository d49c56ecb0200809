/** Checks that an operation begun by another release, up to its last action, is still understood. */
import type { OperationRow } from '../operation-row.ts';
import { upToDate } from '../other-releases.ts';
import type { AnyTransactionDefinition, Begun, TransactionDefinition } from '../types.ts';

export interface OldOperation extends Begun {
  readonly kind: string;
  readonly version: number;
  /** Names of its actions. */
  readonly steps: readonly string[];
}

/** What the actions would receive. Throws when they could not continue, forward or backward. */
export function readOldOperation(definition: AnyTransactionDefinition, old: OldOperation): Begun {
  const steps = old.steps.map((name) => ({
    name,
    state: 'done' as const,
    progress: 1,
    startedAt: null,
    endedAt: null,
    error: null,
  }));
  const { version, params, memory } = old;
  const journal = { state: 'running', error: null, cursor: steps.length, steps } as const;
  const row = { ...journal, version, params, memory } as unknown as OperationRow;
  return upToDate(row, definition as unknown as TransactionDefinition);
}
