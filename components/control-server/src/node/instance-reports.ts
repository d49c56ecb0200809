/**
 * Writes nodes' reports about instances: fenced by sequence, so that an older report never wins, and batched, so that
 * an inventory of thousands is a few commits.
 */
import type { InstanceId, NodeId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { anyOf, type Database, type NewEvent, recordEvents, type Store, type Tx } from '@zhiyun/store';
import { type Selectable, sql } from 'kysely';
import { changeInstances } from '../instance/state/change-instances.ts';
import { keepObservation } from '../instance/state/keep-observations.ts';
import { type RefusedMove, stateColumns, workingOn } from '../instance/state/next-state.ts';
import { isNewer, missing, type Observation, observationOf } from '../instance/state/observation.ts';

/** An instance as known before its node was asked. */
export type KnownInstance = Pick<
  Selectable<Database['instance']>,
  'id' | 'state' | 'observed_sequence' | 'observed_state'
>;

const atOnce = 500;

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
 * statement when nothing changed. Returns the ids that the node has and nobody knows, and refused moves.
 */
export async function applyInventory(
  store: Store,
  nodeId: NodeId,
  reports: readonly InstanceReport[],
  known: KnownInstances,
): Promise<{ strangers: InstanceId[]; refused: RefusedMove[] }> {
  const present = new Set(reports.map(({ instanceId }) => instanceId));
  const newer = reports.filter(
    ({ instanceId, sequence }) => sequence > (known.get(instanceId)?.observed_sequence ?? -1),
  );
  const lost = [...known.values()].filter(
    ({ id, state, observed_state }) => !present.has(id) && workingOn(state) === null && observed_state !== 'missing',
  );
  const refused = await applyObservations(store, nodeId, [
    ...newer.map(observationOf),
    ...lost.map((row) => missing(row.id, row.observed_sequence)),
  ]);
  return { refused, strangers: await strangersOf(store, nodeId, [...present.difference(known)]) };
}

/**
 * Writes every newer report, and shows it where no operation works on the instance. Returns refused moves.
 */
export async function applyObservations(
  store: Store,
  nodeId: NodeId,
  observations: readonly Observation[],
): Promise<RefusedMove[]> {
  const [only] = observations;
  if (only && observations.length === 1 && (await keepObservation(store, nodeId, only))) return [];
  const refused: RefusedMove[] = [];
  for (let at = 0; at < observations.length; at += atOnce) {
    const part = new Map(observations.slice(at, at + atOnce).map((observation) => [observation.id, observation]));
    refused.push(...(await store.tx((tx) => take(tx, nodeId, part))));
  }
  return refused;
}

async function take(tx: Tx, nodeId: NodeId, heard: ReadonlyMap<InstanceId, Observation>): Promise<RefusedMove[]> {
  const rows = await tx
    .selectFrom('instance')
    .select(stateColumns)
    .where('id', 'in', [...heard.keys()])
    .where('node_id', '=', nodeId)
    .orderBy('id')
    .forUpdate()
    .execute();
  const taken = rows.flatMap((instance) => {
    const observed = heard.get(instance.id);
    return observed && isNewer(observed, instance) ? [{ instance, observed }] : [];
  });
  if (taken.length === 0) return [];
  // Share lock: a node that goes offline at this moment waits, and then finds these instances settled.
  const { state: node } = await tx
    .selectFrom('node')
    .select('state')
    .where('id', '=', nodeId)
    .forShare()
    .executeTakeFirstOrThrow();
  const cause = { kind: 'report', operation: null } as const;
  return changeInstances(
    tx,
    taken.map((one) => ({ ...one, node, cause })),
  );
}

/** Of these, the instances unknown here or belonging to another node. */
async function strangersOf({ db }: Store, nodeId: NodeId, ids: readonly InstanceId[]): Promise<InstanceId[]> {
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
