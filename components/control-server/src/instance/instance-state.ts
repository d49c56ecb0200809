/**
 * The one writer of an instance's state. Every move is checked against the table in contracts and leaves an
 * `instance.state-changed` event in the same commit. Callers hold the row's lock (`lockInstance`).
 */
import {
  type InstanceId,
  type InstanceState,
  instanceTransitions,
  type NodeState,
  type OperationId,
  transientStates,
} from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { type Database, type NewEvent, recordEvent, type Tx } from '@zhiyun/store';
import { type Selectable, sql } from 'kysely';
import { type ShownState, settledState } from './settled-state.ts';

export type InstanceRow = Selectable<Database['instance']>;

/** Waits for whoever else writes this instance. Throws `not-found`. */
export async function lockInstance(tx: Tx, id: InstanceId): Promise<InstanceRow> {
  const row = await tx.selectFrom('instance').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new PlatformError('not-found', `There is no instance ${id}.`);
  return row;
}

/** Does nothing when it is so already. Throws `wrong-state` for a move that is not in the table. */
export async function setInstanceState(
  tx: Tx,
  instance: InstanceRow,
  to: ShownState,
  operation: OperationId | null = null,
): Promise<void> {
  const moved = instance.state !== to.state;
  if (!moved && instance.stop_reason === to.stopReason && instance.stop_detail === to.stopDetail) return;
  if (moved && !instanceTransitions[instance.state].includes(to.state))
    throw new PlatformError(
      'wrong-state',
      `Instance «${instance.name}» cannot go from ${instance.state} to ${to.state}.`,
    );
  await tx
    .updateTable('instance')
    .set({
      state: to.state,
      stop_reason: to.stopReason,
      stop_detail: to.stopDetail,
      ...(moved ? { state_since: sql<Date>`now()` } : {}),
    })
    .where('id', '=', instance.id)
    .execute();
  await recordEvent(tx, { ...stateChangedEvent(instance, to), operation });
}

export function stateChangedEvent(instance: Pick<InstanceRow, 'id' | 'name' | 'state'>, to: ShownState): NewEvent {
  return {
    kind: 'instance.state-changed',
    severity: to.stopReason === 'crashed' || to.stopReason === 'launch-failed' ? 'warning' : 'info',
    subject: { kind: 'instance', id: instance.id, name: instance.name },
    data: { from: instance.state, to: to.state, stopReason: to.stopReason, stopDetail: to.stopDetail },
  };
}

/** A state that only an operation is in. */
export function showing(state: InstanceState): ShownState {
  return { state, stopReason: null, stopDetail: null };
}

/** True while an operation works on it: then what its node reports is kept, but shown only when the operation ends. */
export function inOperation(state: InstanceState): boolean {
  return (transientStates as readonly InstanceState[]).includes(state);
}

/** Keeps what the node reports, unless something newer was heard. Answers the row as it is then. */
export async function takeReport(tx: Tx, instance: InstanceRow, report: InstanceReport): Promise<InstanceRow> {
  if (report.sequence <= instance.observed_sequence) return instance;
  const observed = {
    observed_generation: report.generation,
    observed_sequence: report.sequence,
    observed_state: report.state,
    observed_stop_reason: report.stopReason,
    observed_stop_detail: report.stopDetail,
    address: report.address,
  };
  await tx.updateTable('instance').set(observed).where('id', '=', instance.id).execute();
  return { ...instance, ...observed };
}

/** Shows what was last heard of it: how every operation ends, and what happens between operations. */
export async function settleInstance(
  tx: Tx,
  instance: InstanceRow,
  operation: OperationId | null = null,
): Promise<void> {
  await setInstanceState(tx, instance, settledState(instance, await nodeStateOf(tx, instance)), operation);
}

/** Share lock: a node that goes offline at this moment waits, and then finds this instance settled. */
async function nodeStateOf(tx: Tx, instance: InstanceRow): Promise<NodeState> {
  const node = await tx
    .selectFrom('node')
    .select('state')
    .where('id', '=', instance.node_id)
    .forShare()
    .executeTakeFirstOrThrow();
  return node.state;
}
