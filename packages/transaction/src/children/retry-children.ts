/**
 * Retries unsuccessful children: each is marked as superseded and the parent runs again from its first action, in one
 * commit. A running parent notices by itself.
 */
import { type OperationId, operationEnded, say } from '@zhiyun/contracts';
import { isoTime, PlatformError } from '@zhiyun/kernel';
import { recordEvent, type Tx } from '@zhiyun/store';
import { type Claim, operationEvent } from '../journal.ts';
import { newJournal, started } from '../journal-state.ts';
import type { OperationRow } from '../operation-row.ts';
import type { TransactionDefinition } from '../types.ts';

export interface ChildrenRetry {
  parent: OperationId;
  /** Only this one; undefined: all that have not succeeded. */
  child: OperationId | undefined;
  definitionOf(kind: string): TransactionDefinition | undefined;
  claim: Claim;
  nowMs: number;
}

/** Answers the parent when it is to be run here, undefined when it runs already. Throws `wrong-state`. */
export async function retryChildren(tx: Tx, retry: ChildrenRetry): Promise<OperationRow | undefined> {
  const { parent: id, child, claim } = retry;
  const parent = await tx
    .selectFrom('operation')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const definition = retry.definitionOf(parent.kind);
  const isResting = parent.state === 'failed' || parent.state === 'cancelled';
  if (!definition?.isParent || !(isResting || parent.state === 'running'))
    throw new PlatformError('wrong-state', say('operation.nothing-to-retry', { id: child ?? id, state: parent.state }));
  const marked = await tx
    .updateTable('operation')
    .set({ retried: true })
    .where('parent', '=', id)
    .where('state', 'in', ['failed', 'cancelled'])
    .where('retried', '=', false)
    .$if(child !== undefined, (query) => query.where('id', '=', child as OperationId))
    .executeTakeFirst();
  if (child !== undefined && marked.numUpdatedRows === 0n)
    throw new PlatformError('wrong-state', say('operation.retried-already', { id: child }));
  if (!isResting) return undefined;
  return resume(tx, parent, definition, claim, isoTime(retry.nowMs));
}

async function resume(
  tx: Tx,
  parent: OperationRow,
  { actions }: TransactionDefinition,
  { runner, epoch }: Claim,
  at: string,
): Promise<OperationRow> {
  const fresh = newJournal(actions.map(({ name }) => name));
  const [first] = actions;
  const { state, cursor, steps, memory, error } = first && 'run' in first ? started(fresh, at) : fresh;
  const row = await tx
    .updateTable('operation')
    .set({ state, cursor, steps: [...steps], memory: { ...memory }, error, ended_at: null, cancel_requested: false })
    .set({ runner, epoch, progress: 0 })
    .where('id', '=', parent.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordEvent(tx, operationEvent(row, row));
  return row;
}

/** Whether `retry` would have an effect. */
export function isRetryable(row: OperationRow, definition: TransactionDefinition | undefined): boolean {
  if (row.state === 'stuck') return true;
  if (!operationEnded(row.state) || row.state === 'succeeded' || row.retried) return false;
  return row.parent !== null || (definition?.isParent === true && row.child_total !== null);
}
