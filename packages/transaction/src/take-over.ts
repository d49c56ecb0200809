/**
 * Takeover of orphaned operations: their runner's lease expired, or has a later epoch than their claim, or they were
 * handed over to us.
 */
import type { OperationId } from '@zhiyun/contracts';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { isHandedTo, isPromisedToAnother } from './hand-over.ts';
import type { Claim } from './journal.ts';
import type { OperationRow } from './operation-row.ts';
import type { KnownKind } from './other-releases.ts';
import { leaseName } from './runner-lease.ts';

const batch = 50;

export interface TakeOver {
  claim: Claim;
  /** Kinds that this release knows; others are left to a runner that does. */
  kinds: readonly KnownKind[];
  /** Operations this process is running, also from an earlier term: excluded. */
  running: readonly OperationId[];
  /** Operations this process holds but had to drop: to be resumed. */
  dropped: readonly OperationId[];
}

/** Claims orphans for this runner, each by exactly one runner (SKIP LOCKED). */
export async function takeOver(store: Store, { claim, kinds, running, dropped }: TakeOver): Promise<OperationRow[]> {
  const alive = sql<boolean>`exists (
    select from lease
    where lease.name = ${leaseName('')} || operation.runner
      and lease.epoch = operation.epoch and lease.expires_at > clock_timestamp())`;
  const orphans = store.db
    .selectFrom('operation')
    .select('id')
    .where('state', 'in', ['pending', 'running', 'undoing'])
    .where(isKnown(kinds))
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

/** Operations of a newer release, which this runner leaves alone. */
export function unknownOperations(store: Store, kinds: readonly KnownKind[]) {
  return store.db
    .selectFrom('operation')
    .select(['id', 'kind', 'version'])
    .where('state', 'in', ['pending', 'running', 'undoing'])
    .where((where) => where.not(isKnown(kinds)))
    .orderBy('id')
    .limit(batch)
    .execute();
}

/** Gives back operations handed over by a newer runner: anybody may take them again. */
export async function giveBack(store: Store, { runner }: Claim, kinds: readonly KnownKind[]): Promise<void> {
  await store.db
    .updateTable('operation')
    .set({ runner: '' })
    .where('state', 'in', ['pending', 'running', 'undoing'])
    .where(isHandedTo(runner))
    .where((where) => where.not(isKnown(kinds)))
    .execute();
}

function isKnown(kinds: readonly KnownKind[]) {
  const known = kinds.map(({ kind, version }) => sql`(operation.kind = ${kind} and operation.version <= ${version})`);
  return sql<boolean>`(${sql.join(known, sql` or `)})`;
}
