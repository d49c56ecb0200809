/**
 * Handing an operation to another runner: for what this one cannot do now and that one can. The operation stays where its
 * journal stands; for as long as the other runner lives, nobody else takes it up.
 */
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { type Claim, ClaimLost } from './journal.ts';
import type { OperationRow } from './operation-row.ts';
import { leaseName } from './runner-lease.ts';

/** Thrown by an effect or its undo. Neither has failed: it will run again, elsewhere. */
export class HandOver extends Error {
  readonly runner: string;
  constructor(runner: string) {
    super(`Runner ${runner} can do this, and we cannot.`);
    this.name = 'HandOver';
    this.runner = runner;
  }
}

/** Thrown by an effect that goes on where it is when it is run again: this runner is leaving. */
export class Left extends Error {}

/** No life of a runner has this epoch: whoever is named has yet to take it up. */
const handedOver = 0;

/** Throws `ClaimLost`. */
export async function handOver(store: Store, row: OperationRow, claim: Claim, runner: string): Promise<void> {
  const given = await store.db
    .updateTable('operation')
    .set({ runner, epoch: handedOver })
    .where('id', '=', row.id)
    .where('runner', '=', claim.runner)
    .where('epoch', '=', claim.epoch)
    .executeTakeFirst();
  if (given.numUpdatedRows === 0n) throw new ClaimLost();
}

/** It waits for this runner. */
export function isHandedTo(runner: string) {
  return sql<boolean>`(operation.epoch = ${handedOver} and operation.runner = ${runner})`;
}

/** It waits for another runner than this one, and that one lives. */
export function isPromisedToAnother(runner: string) {
  return sql<boolean>`(operation.epoch = ${handedOver} and operation.runner <> ${runner} and exists (
    select from lease
    where lease.name = ${leaseName('')} || operation.runner and lease.expires_at > clock_timestamp()))`;
}
