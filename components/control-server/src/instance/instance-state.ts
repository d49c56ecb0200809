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
  say,
  transientStates,
} from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { anyOf, type Database, insertEvents, type NewEvent, ringEvents, type Tx } from '@zhiyun/store';
import { type Selectable, sql } from 'kysely';
import { notFound } from '../reference/named.ts';
import { runEvents, runOf, sameRun } from './instance-run.ts';
import { type ShownState, settledState } from './settled-state.ts';

export type InstanceRow = Selectable<Database['instance']>;

/** Waits for whoever else writes this instance. Throws `not-found`. */
export async function lockInstance(tx: Tx, id: InstanceId): Promise<InstanceRow> {
  const row = await tx.selectFrom('instance').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('instance', id);
  return row;
}

export interface Settling {
  instanceId: InstanceId;
  /** What its node has answered, if it has. */
  report: InstanceReport | undefined;
  operation: OperationId;
}

/**
 * How operations end: keeps what the node reports, unless something newer was heard, and shows what is true then. The state
 * of the nodes stays as it is until the commit: a node that goes offline then finds these instances settled. Whoever locks
 * several rows does so in one order: instances before nodes, each in the order of their ids. Throws `not-found`.
 */
export async function settleInstances(tx: Tx, settlings: readonly Settling[]): Promise<void> {
  const ids = anyOf(settlings.map(({ instanceId }) => instanceId));
  const { rows } = await sql<InstanceRow & { node_state: NodeState | null }>`
    with instances as materialized (
      select * from instance where id = ${ids} order by id for update
    ), nodes as materialized (
      select id, state from node where id in (select node_id from instances) order by id for share
    )
    select instances.*, nodes.state as node_state from instances left join nodes on nodes.id = instances.node_id`.execute(
    tx,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  await changeInstances(
    tx,
    settlings.map(({ instanceId, report, operation }) => {
      const instance = byId.get(instanceId);
      if (!instance) throw notFound('instance', instanceId);
      const observed = report && report.sequence > instance.observed_sequence ? observedOf(report) : undefined;
      const to = settledState({ ...instance, ...observed }, instance.node_state);
      return { instance, observed, to, operation };
    }),
  );
}

/** Does nothing when it is so already. Throws `wrong-state` for a move that is not in the table. */
export async function setInstanceState(
  tx: Tx,
  instance: InstanceRow,
  to: ShownState,
  operation: OperationId | null = null,
): Promise<void> {
  await changeInstances(tx, [{ instance, to, operation }]);
}

interface Change {
  instance: InstanceRow;
  observed?: Observed | undefined;
  to: ShownState;
  operation: OperationId | null;
}

async function changeInstances(tx: Tx, changes: readonly Change[]): Promise<void> {
  const real = changes.filter(({ instance, observed, to }) => observed || !isShown(instance, to));
  if (real.length === 0) return;
  for (const { instance, to } of real)
    if (instance.state !== to.state && !instanceTransitions[instance.state].includes(to.state))
      throw new PlatformError(
        'wrong-state',
        say('instance.no-way', {
          name: instance.name,
          state: say(`instance.state-${instance.state}`),
          to: say(`instance.state-${to.state}`),
        }),
      );
  const given = real.map(({ instance, observed, to }) => ({
    id: instance.id,
    ...{ state: to.state, stop_reason: to.stopReason, stop_detail: to.stopDetail },
    moved: hasMoved(instance, to),
    run: to.run === undefined ? instance.run : to.run,
    ...(observed ?? observedIn(instance)),
  }));
  const events = real
    .filter(({ instance, to }) => !isShown(instance, to))
    .flatMap(({ instance, to, operation }) => changeEvents(instance, to).map((event) => ({ ...event, operation })));
  const told = sql`, told as (${insertEvents(events)})`;
  await sql`
    with changed as (
      update instance set state = given.state, stop_reason = given.stop_reason, stop_detail = given.stop_detail,
        state_since = case when given.moved then now() else instance.state_since end,
        observed_generation = given.observed_generation, observed_sequence = given.observed_sequence,
        observed_state = given.observed_state, observed_stop_reason = given.observed_stop_reason,
        observed_stop_detail = given.observed_stop_detail, address = given.address,
        observed_run = given.observed_run, run = given.run
      from jsonb_to_recordset(${given}::jsonb) as given (id uuid, state text, stop_reason text, stop_detail text,
        moved boolean, observed_generation bigint, observed_sequence bigint, observed_state text,
        observed_stop_reason text, observed_stop_detail text, address text, observed_run jsonb, run jsonb)
      where instance.id = given.id and instance.id = ${anyOf(given.map(({ id }) => id))}
      returning instance.id
    ) ${events.length > 0 ? told : sql``}
    select ${events.length > 0 ? sql`${ringEvents} from told` : sql`id from changed`}`.execute(tx);
}

function observedIn(instance: InstanceRow): Observed {
  const { observed_generation, observed_sequence, observed_state, address } = instance;
  const { observed_stop_reason, observed_stop_detail, observed_run } = instance;
  return {
    ...{ observed_generation, observed_sequence, observed_state, address },
    ...{ observed_stop_reason, observed_stop_detail, observed_run },
  };
}

type WasShown = Pick<InstanceRow, 'id' | 'name' | 'state' | 'stop_reason' | 'stop_detail' | 'run'>;

function isShown(instance: WasShown, to: ShownState): boolean {
  return isSameState(instance, to) && (to.run === undefined || sameRun(instance.run, to.run));
}

function isSameState(instance: WasShown, to: ShownState): boolean {
  return (
    instance.state === to.state && instance.stop_reason === to.stopReason && instance.stop_detail === to.stopDetail
  );
}

/** The time of a state begins anew: another state, or another machine. */
export function hasMoved(instance: Pick<InstanceRow, 'state' | 'run'>, to: ShownState): boolean {
  return instance.state !== to.state || (!!instance.run && !!to.run && instance.run.epoch !== to.run.epoch);
}

/** What there is to be told when this is shown next. */
export function changeEvents(instance: WasShown, to: ShownState): NewEvent[] {
  const state = isSameState(instance, to) ? [] : [stateChangedEvent(instance, to)];
  return [...state, ...(to.run === undefined ? [] : runEvents(instance, to.run))];
}

function stateChangedEvent(instance: Pick<InstanceRow, 'id' | 'name' | 'state'>, to: ShownState): NewEvent {
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
  const observed = observedOf(report);
  await tx.updateTable('instance').set(observed).where('id', '=', instance.id).execute();
  return { ...instance, ...observed };
}

type Observed = Pick<
  InstanceRow,
  | 'observed_generation'
  | 'observed_sequence'
  | 'observed_state'
  | 'observed_stop_reason'
  | 'observed_stop_detail'
  | 'observed_run'
  | 'address'
>;

function observedOf(report: InstanceReport): Observed {
  return {
    observed_generation: report.generation,
    observed_sequence: report.sequence,
    observed_state: report.state,
    observed_stop_reason: report.stopReason,
    observed_stop_detail: report.stopDetail,
    observed_run: runOf(report),
    address: report.address,
  };
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
async function nodeStateOf(tx: Tx, instance: InstanceRow): Promise<NodeState | null> {
  if (instance.node_id === null) return null;
  const node = await tx
    .selectFrom('node')
    .select('state')
    .where('id', '=', instance.node_id)
    .forShare()
    .executeTakeFirstOrThrow();
  return node.state;
}
