/**
 * Writes nodes' reports about instances: fenced by sequence, so that an older report never wins, and batched, so that
 * an inventory of thousands is a few commits.
 */
import type { InstanceId, NodeId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { anyOf, type Database, type NewEvent, recordEvents, type Store, type Tx } from '@zhiyun/store';
import { type Selectable, sql } from 'kysely';
import { runOf } from '../instance/instance-run.ts';
import { changeEvents, hasMoved, inOperation } from '../instance/instance-state.ts';
import { type ShownState, settledState } from '../instance/settled-state.ts';
import { keepObservation } from './kept-observations.ts';

/** A report about one instance. */
export type Observation = Pick<
  Selectable<Database['instance']>,
  | 'id'
  | 'observed_sequence'
  | 'observed_state'
  | 'observed_stop_reason'
  | 'observed_stop_detail'
  | 'observed_run'
  | 'address'
> & { observed_generation: number | null };

/** An instance as known before its node was asked. */
export type KnownInstance = Pick<
  Selectable<Database['instance']>,
  'id' | 'state' | 'observed_sequence' | 'observed_state'
>;

const atOnce = 500;

export function observationOf(report: InstanceReport): Observation {
  return {
    id: report.instanceId,
    observed_generation: report.generation,
    observed_sequence: report.sequence,
    observed_state: report.state,
    observed_stop_reason: report.stopReason,
    observed_stop_detail: report.stopDetail,
    observed_run: runOf(report),
    address: report.address,
  };
}

/** The node no longer has it. */
export function missing(id: InstanceId, sequence: number): Observation {
  const nothing = { observed_generation: null, observed_stop_reason: null, observed_stop_detail: null };
  return { ...nothing, observed_run: null, address: null, id, observed_sequence: sequence, observed_state: 'missing' };
}

/** Of one node. */
export type KnownInstances = ReadonlyMap<InstanceId, KnownInstance>;

/** Of each of these nodes. */
export async function knownInstances({ db }: Store, nodeIds: readonly NodeId[]): Promise<KnownInstances[]> {
  const { rows } = await sql<KnownInstance & { node_id: NodeId }>`
    select id, node_id, state, observed_sequence, observed_state from instance
    where node_id = ${anyOf(nodeIds)}`.execute(db);
  const byNode = Map.groupBy(rows, ({ node_id }) => node_id);
  return nodeIds.map((nodeId) => new Map(byNode.get(nodeId)?.map((row) => [row.id, row])));
}

/**
 * Reconciles a node's inventory with what was known before: a settled instance that is absent is lost. Costs no
 * statement when nothing changed. Returns the ids that the node has and nobody knows.
 */
export async function applyInventory(
  store: Store,
  nodeId: NodeId,
  reports: readonly InstanceReport[],
  known: KnownInstances,
): Promise<InstanceId[]> {
  const present = new Set(reports.map(({ instanceId }) => instanceId));
  const newer = reports.filter(
    ({ instanceId, sequence }) => sequence > (known.get(instanceId)?.observed_sequence ?? -1),
  );
  const lost = [...known.values()].filter(
    ({ id, state, observed_state }) => !present.has(id) && !inOperation(state) && observed_state !== 'missing',
  );
  await applyObservations(store, nodeId, [
    ...newer.map(observationOf),
    ...lost.map((row) => missing(row.id, row.observed_sequence)),
  ]);
  return strangers(store, nodeId, [...present.difference(known)]);
}

/** Writes every newer report, and shows it where no operation works on the instance. */
export async function applyObservations(
  store: Store,
  nodeId: NodeId,
  observations: readonly Observation[],
): Promise<void> {
  const [only] = observations;
  if (only && observations.length === 1 && (await keepObservation(store, nodeId, only))) return;
  for (let at = 0; at < observations.length; at += atOnce) {
    const part = new Map(observations.slice(at, at + atOnce).map((observation) => [observation.id, observation]));
    await store.tx((tx) => take(tx, nodeId, part));
  }
}

async function take(tx: Tx, nodeId: NodeId, heard: ReadonlyMap<InstanceId, Observation>): Promise<void> {
  const rows = await tx
    .selectFrom('instance')
    .select([
      ...(['id', 'name', 'state', 'state_since', 'stop_reason', 'stop_detail', 'run', 'address'] as const),
      ...(['observed_generation', 'observed_sequence', 'observed_state'] as const),
    ])
    .where('id', 'in', [...heard.keys()])
    .where('node_id', '=', nodeId)
    .orderBy('id')
    .forUpdate()
    .execute();
  const taken = rows.flatMap((row) => {
    const observation = heard.get(row.id);
    return observation && isNewer(observation, row) ? { row, observation } : [];
  });
  if (taken.length === 0) return;
  // Share lock: a node that goes offline at this moment waits, and then finds these instances settled.
  const node = await tx
    .selectFrom('node')
    .select('state')
    .where('id', '=', nodeId)
    .forShare()
    .executeTakeFirstOrThrow();
  const written = [];
  const events: NewEvent[] = [];
  for (const { row, observation } of taken) {
    const now: ShownState = { state: row.state, stopReason: row.stop_reason, stopDetail: row.stop_detail };
    const shown = inOperation(row.state) ? now : settledState(observation, node.state);
    const { state, stopReason: stop_reason, stopDetail: stop_detail, run = row.run } = shown;
    const observed_generation = observation.observed_generation ?? row.observed_generation;
    const moved = hasMoved(row, shown);
    written.push({ ...observation, observed_generation, state, stop_reason, stop_detail, run, moved });
    events.push(...changeEvents(row, shown));
  }
  await write(tx, written);
  await recordEvents(tx, events);
}

function isNewer(observation: Observation, row: KnownInstance): boolean {
  const { observed_sequence: sequence, observed_state: state } = observation;
  if (sequence > row.observed_sequence) return true;
  // That it is lost is concluded from an inventory, not reported: nothing may have been heard since.
  return state === 'missing' && sequence === row.observed_sequence && row.observed_state !== 'missing';
}

async function write(tx: Tx, rows: readonly { id: InstanceId }[]): Promise<void> {
  await sql`
    update instance set
      observed_generation = new.observed_generation, observed_sequence = new.observed_sequence,
      observed_state = new.observed_state, observed_stop_reason = new.observed_stop_reason,
      observed_stop_detail = new.observed_stop_detail, address = new.address,
      observed_run = new.observed_run, run = new.run,
      state = new.state, stop_reason = new.stop_reason, stop_detail = new.stop_detail,
      state_since = case when new.moved then now() else instance.state_since end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new (
      id uuid, observed_generation bigint, observed_sequence bigint, observed_state text, observed_stop_reason text,
      observed_stop_detail text, observed_run jsonb, run jsonb, address text, state text, stop_reason text,
      stop_detail text, moved boolean)
    where instance.id = new.id and instance.id = ${anyOf(rows.map(({ id }) => id))}`.execute(tx);
}

/** Of these, the instances unknown here or belonging to another node. */
async function strangers({ db }: Store, nodeId: NodeId, ids: readonly InstanceId[]): Promise<InstanceId[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: InstanceId }>`
    select value as id from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)
    where not exists (select from instance where id = value::uuid and node_id = ${nodeId})`.execute(db);
  return rows.map(({ id }) => id);
}

/** One event per call. The instance itself is left alone: it may be the only copy of somebody's data. */
export async function reportUnknownInstances(
  store: Store,
  node: { id: NodeId; name: string },
  ids: readonly InstanceId[],
): Promise<void> {
  const subject = { kind: 'node', id: node.id, name: node.name } as const;
  const told = ids.map(
    (instanceId): NewEvent => ({ kind: 'node.unknown-instance', severity: 'warning', subject, data: { instanceId } }),
  );
  await store.tx((tx) => recordEvents(tx, told));
}
