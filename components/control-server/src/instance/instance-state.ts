/**
 * The one writer of an instance's state. Every move is checked against the table in contracts and leaves an
 * `instance.state-changed` event in the same commit. Callers hold the row's lock (`lockInstance`).
 */
import {
  type InstanceId,
  type InstanceState,
  instanceTransitions,
  type NodeId,
  type NodeState,
  type OperationId,
  transientStates,
} from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { type Database, insertEvent, ringEvents, type Tx } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type ShownState, settledState } from './settled-state.ts';

export type InstanceRow = Selectable<Database['instance']>;

/** Waits for whoever else writes this instance. Throws `not-found`. */
export async function lockInstance(tx: Tx, id: InstanceId): Promise<InstanceRow> {
  const row = await tx.selectFrom('instance').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new PlatformError('not-found', `There is no instance ${id}.`);
  return row;
}

/** With its node's state, which stays as it is until the commit: a node that goes offline then finds this instance settled. */
export async function lockToSettle(tx: Tx, id: InstanceId): Promise<{ instance: InstanceRow; nodeState: NodeState }> {
  const row = await tx
    .selectFrom('instance')
    .innerJoin('node', 'node.id', 'instance.node_id')
    .selectAll('instance')
    .select('node.state as node_state')
    .where('instance.id', '=', id)
    .forUpdate('instance')
    .forShare('node')
    .executeTakeFirst();
  if (!row) throw new PlatformError('not-found', `There is no instance ${id}.`);
  const { node_state: nodeState, ...instance } = row;
  return { instance, nodeState };
}

/** Keeps what its node reports, unless something newer was heard, and shows what is true then. */
export async function settleLocked(
  tx: Tx,
  instance: InstanceRow,
  {
    report,
    nodeState,
    operation,
  }: { report: InstanceReport | undefined; nodeState: NodeState; operation: OperationId },
): Promise<void> {
  const observed = report && report.sequence > instance.observed_sequence ? observedOf(report) : {};
  await changeInstance(tx, instance, observed, settledState({ ...instance, ...observed }, nodeState), operation);
}

/** Does nothing when it is so already. Throws `wrong-state` for a move that is not in the table. */
export async function setInstanceState(
  tx: Tx,
  instance: InstanceRow,
  to: ShownState,
  operation: OperationId | null = null,
): Promise<void> {
  await changeInstance(tx, instance, {}, to, operation);
}

async function changeInstance(
  tx: Tx,
  instance: InstanceRow,
  observed: Partial<ReturnType<typeof observedOf>>,
  to: ShownState,
  operation: OperationId | null,
): Promise<void> {
  const { id, name, state: from } = instance;
  const moved = from !== to.state;
  const same = !moved && instance.stop_reason === to.stopReason && instance.stop_detail === to.stopDetail;
  if (same && Object.keys(observed).length === 0) return;
  if (moved && !instanceTransitions[from].includes(to.state))
    throw new PlatformError('wrong-state', `Instance «${name}» cannot go from ${from} to ${to.state}.`);
  const change = tx
    .updateTable('instance')
    .set({
      ...observed,
      state: to.state,
      stop_reason: to.stopReason,
      stop_detail: to.stopDetail,
      ...(moved ? { state_since: sql<Date>`now()` } : {}),
    })
    .where('id', '=', id)
    .returning('id');
  if (same) return void (await change.execute());
  const event = insertEvent(
    {
      kind: 'instance.state-changed',
      severity: to.stopReason === 'crashed' || to.stopReason === 'launch-failed' ? 'warning' : 'info',
      subject: { kind: 'instance', id, name },
      data: { from, to: to.state, stopReason: to.stopReason, stopDetail: to.stopDetail },
      operation,
    },
    'changed',
  );
  await sql`with changed as (${change}), told as (${event}) select ${ringEvents} from told`.execute(tx);
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
  const observed = observedOf(report);
  await tx.updateTable('instance').set(observed).where('id', '=', instance.id).execute();
  return { ...instance, ...observed };
}

function observedOf(report: InstanceReport) {
  return {
    observed_generation: report.generation,
    observed_sequence: report.sequence,
    observed_state: report.state,
    observed_stop_reason: report.stopReason,
    observed_stop_detail: report.stopDetail,
    address: report.address,
  };
}

/**
 * While an operation works on it, what its node reports is only kept: one statement, a commit of its own. False: no operation
 * does, or something newer was heard.
 */
export async function keepReport(db: Kysely<Database>, nodeId: NodeId, report: InstanceReport): Promise<boolean> {
  const kept = await db
    .updateTable('instance')
    .set(observedOf(report))
    .where('id', '=', report.instanceId)
    .where('node_id', '=', nodeId)
    .where('observed_sequence', '<', report.sequence)
    .where('state', 'in', transientStates)
    .executeTakeFirst();
  return kept.numUpdatedRows > 0n;
}

/** Its node says that it has no such instance. */
export async function takeMissing(tx: Tx, instance: InstanceRow, sequence: number): Promise<InstanceRow> {
  const observed = { observed_sequence: sequence, observed_state: 'missing' as const, address: null };
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
