/**
 * Hands an operation over to another runner that can do what this one cannot now. It continues where its journal
 * stands; while the other runner is alive, nobody else takes it over.
 */
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { type Claim, ClaimLost } from './journal.ts';
import type { OperationRow } from './operation-row.ts';
import { leaseName } from './runner-lease.ts';

/** Thrown by an effect or its undo: no failure, it will run again on the other runner. */
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

/** Epoch that no runner ever has: the named runner has yet to claim the operation. */
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

/** Handed over to this runner. */
export function isHandedTo(runner: string) {
  return sql<boolean>`(operation.epoch = ${handedOver} and operation.runner = ${runner})`;
}

/** Handed over to another runner that is alive. */
export function isPromisedToAnother(runner: string) {
  return sql<boolean>`(operation.epoch = ${handedOver} and operation.runner <> ${runner} and exists (
    select from lease
    where lease.name = ${leaseName('')} || operation.runner and lease.expires_at > clock_timestamp()))`;
}
