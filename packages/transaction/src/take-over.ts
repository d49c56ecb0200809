/**
 * Finds operations that nobody runs: their runner's lease has run out, or is of a later life than the operation's claim, or
 * they were handed over to us.
 */
import type { OperationId, OperationKind } from '@zhiyun/contracts';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { isPromisedToAnother } from './hand-over.ts';
import type { Claim } from './journal.ts';
import type { OperationRow } from './operation-row.ts';
import { leaseName } from './runner-lease.ts';

const batch = 50;

export interface TakeOver {
  claim: Claim;
  kinds: readonly OperationKind[];
  /** What this process has in hand, also from an earlier term and still coming to rest: not to be touched. */
  running: readonly OperationId[];
  /** What this process holds but had to drop: to be taken up again. */
  dropped: readonly OperationId[];
}

/** Claims them for us, each for exactly one runner (SKIP LOCKED). */
export async function takeOver(store: Store, { claim, kinds, running, dropped }: TakeOver): Promise<OperationRow[]> {
  const alive = sql<boolean>`exists (
    select from lease
    where lease.name = ${leaseName('')} || operation.runner
      and lease.epoch = operation.epoch and lease.expires_at > clock_timestamp())`;
  const orphans = store.db
    .selectFrom('operation')
    .select('id')
    .where('state', 'in', ['pending', 'running', 'undoing'])
    .where('kind', 'in', kinds)
    .where((where) =>
      where.or([
        where.and([where.not(alive), where.not(isPromisedToAnother(claim.runner))]),
        ...(dropped.length > 0
          ? [
              where.and([
                where('runner', '=', claim.runner),
                where('epoch', '=', claim.epoch),
                where('id', 'in', dropped),
              ]),
            ]
          : []),
      ]),
    )
    .$if(running.length > 0, (query) => query.where('id', 'not in', running))
    .orderBy('id')
    .limit(batch)
    .forUpdate()
    .skipLocked();
  return store.db
    .updateTable('operation')
    .set({ runner: claim.runner, epoch: claim.epoch })
    .where('id', 'in', orphans)
    .returningAll()
    .execute();
}
