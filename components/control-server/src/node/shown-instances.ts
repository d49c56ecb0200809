/**
 * Applies a node's state to its instances: `unknown` while offline, afterwards the last observed state. Batches of
 * thousands per statement, with one event about the node; instances with a running operation are left to it.
 */
import { type InstanceId, type NodeId, transientStates } from '@zhiyun/contracts';
import { anyOf, type Database, recordEvents, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import type { Run } from '../instance/instance-run.ts';
import { type Observed, type ShownState, settledState } from '../instance/settled-state.ts';

const atOnce = 5_000;

/** A set of instances of these nodes and their new shown state. */
interface Change {
  nodeIds: readonly NodeId[];
  nodeState: 'online' | 'offline';
  shown: ShownState;
  /** Only those with this last observation; undefined: all. */
  observed?: Observed;
}

/** Keyset position in the index by node. */
interface Place {
  created_at: Date;
  id: InstanceId;
}

/** When aborted, the rest is done by `halfShownNodes` of the next start. */
export async function showInstances(
  store: Store,
  nodeIds: readonly NodeId[],
  nodeState: 'online' | 'offline',
  signal?: AbortSignal,
): Promise<void> {
  for (const change of await changesOf(store.db, nodeIds, nodeState)) {
    let last: Place | undefined;
    do last = await store.tx((tx) => showSome(tx, change, last));
    while (last && !signal?.aborted);
  }
}

/**
 * Offline nodes with instances not updated, because the process was stopped. Those of online nodes are covered by their
 * inventory.
 */
export async function halfShownNodes({ db }: Store): Promise<NodeId[]> {
  const rows = await db
    .selectFrom('instance')
    .innerJoin('node', 'node.id', 'instance.node_id')
    .select('node.id')
    .distinct()
    .where('node.state', '=', 'offline')
    .where('instance.state', 'not in', [...transientStates, 'unknown'])
    .execute();
  return rows.map(({ id }) => id);
}

async function changesOf(
  db: Kysely<Database>,
  nodeIds: readonly NodeId[],
  nodeState: 'online' | 'offline',
): Promise<Change[]> {
  if (nodeState === 'offline') {
    const never: Observed = { observed_state: null, observed_stop_reason: null, observed_stop_detail: null };
    return [{ nodeIds, nodeState, shown: settledState(never, nodeState) }];
  }
  const kinds = await db
    .selectFrom('instance')
    .select(['observed_state', 'observed_stop_reason', 'observed_stop_detail'])
    .distinct()
    .where('node_id', '=', anyOf(nodeIds))
    // As below.
    .where('state', 'is not distinct from', 'unknown')
    .where('observed_state', 'is not', null)
    .execute();
  return kinds.map((observed) => ({ nodeIds, nodeState, observed, shown: settledState(observed, nodeState) }));
}

/** Returns the last position; undefined: done. */
async function showSome(
  tx: Tx,
  { nodeIds, nodeState, shown, observed }: Change,
  after: Place | undefined,
): Promise<Place | undefined> {
  const candidates = tx
    .selectFrom('instance')
    .select(['id', 'created_at', 'node_id'])
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.created_at}, ${after?.id})`),
    )
    .where('node_id', '=', anyOf(nodeIds))
    .where('state', 'not in', transientStates)
    // «is distinct» has no index: where all instances are unknown, that of the states would be read whole for each few nodes.
    .where('state', nodeState === 'offline' ? 'is distinct from' : 'is not distinct from', 'unknown')
    .orderBy('created_at')
    .orderBy('id')
    .limit(atOnce)
    .forUpdate();
  const found = await (observed
    ? candidates
        .where('observed_state', 'is not distinct from', observed.observed_state)
        .where('observed_stop_reason', 'is not distinct from', observed.observed_stop_reason)
        .where('observed_stop_detail', 'is not distinct from', observed.observed_stop_detail)
    : candidates
  ).execute();
  if (found.length === 0) return undefined;
  // After the instances, as every operation does. Share lock: until we are done the nodes stay what they are.
  const nodes = await tx
    .selectFrom('node')
    .select(['id', 'name', 'state'])
    .where('id', '=', anyOf(nodeIds))
    .orderBy('id')
    .forShare()
    .execute();
  const byNode = Map.groupBy(found, ({ node_id }) => node_id);
  const changed = nodes.flatMap((node) => {
    const instances = byNode.get(node.id);
    return instances && (node.state === 'offline') === (nodeState === 'offline') ? [{ node, instances }] : [];
  });
  const ids = changed.flatMap(({ instances }) => instances.map(({ id }) => id));
  await tx
    .updateTable('instance')
    .set({
      state: shown.state,
      stop_reason: shown.stopReason,
      stop_detail: shown.stopDetail,
      ...(nodeState === 'online' && { run: sql<Run | null>`observed_run` }),
      state_since: sql<Date>`now()`,
    })
    .where('id', '=', anyOf(ids))
    .execute();
  await recordEvents(
    tx,
    changed.map(({ node: { id, name }, instances }) => ({
      kind: 'node.instances-changed',
      severity: nodeState === 'offline' ? 'warning' : 'info',
      subject: { kind: 'node', id, name },
      data: { to: shown.state, count: instances.length },
    })),
  );
  // A batch that is not full was the last.
  return found[atOnce - 1];
}
