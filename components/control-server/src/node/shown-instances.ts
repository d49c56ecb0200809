/**
 * Applies a node's state to its instances: `unknown` while offline, afterwards the last observed state. Batches of
 * thousands per statement, with one event about the node; instances with a running operation are left to it.
 */
import { type InstanceId, type NodeId, transientStates } from '@zhiyun/contracts';
import { anyOf, recordEvents, type Store, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { moveTogether, togetherColumns } from '../instance/state/move-together.ts';
import type { RefusedMove } from '../instance/state/next-state.ts';

const atOnce = 5_000;

/** Keyset position in the index by node. */
interface Place {
  created_at: Date;
  id: InstanceId;
}

/** When aborted, the rest is done by `halfShownNodes` of the next start. Returns refused moves. */
export async function showInstances(
  store: Store,
  nodeIds: readonly NodeId[],
  nodeState: 'online' | 'offline',
  signal?: AbortSignal,
): Promise<RefusedMove[]> {
  const refused: RefusedMove[] = [];
  let last: Place | undefined;
  do {
    const shown = await store.tx((tx) => showSome(tx, nodeIds, nodeState, last));
    refused.push(...shown.refused);
    last = shown.last;
  } while (last && !signal?.aborted);
  return refused;
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

/** Returns the last position; undefined: done. */
async function showSome(
  tx: Tx,
  nodeIds: readonly NodeId[],
  nodeState: 'online' | 'offline',
  after: Place | undefined,
): Promise<{ last: Place | undefined; refused: RefusedMove[] }> {
  const found = await tx
    .selectFrom('instance')
    .select([...togetherColumns, 'created_at'])
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.created_at}, ${after?.id})`),
    )
    .where('node_id', '=', anyOf(nodeIds))
    .where('state', 'not in', transientStates)
    // «is distinct» has no index: where all instances are unknown, that of the states would be read whole for each few nodes.
    .where('state', nodeState === 'offline' ? 'is distinct from' : 'is not distinct from', 'unknown')
    .$if(nodeState === 'online', (query) => query.where('observed_state', 'is not', null))
    .orderBy('created_at')
    .orderBy('id')
    .limit(atOnce)
    .forUpdate()
    .execute();
  if (found.length === 0) return { last: undefined, refused: [] };
  // After the instances, as every operation does. Share lock: until we are done the nodes stay what they are.
  const nodes = await tx
    .selectFrom('node')
    .select(['id', 'name', 'state'])
    .where('id', '=', anyOf(nodeIds))
    .orderBy('id')
    .forShare()
    .execute();
  const byId = new Map(
    nodes.filter(({ state }) => (state === 'offline') === (nodeState === 'offline')).map((node) => [node.id, node]),
  );
  const moving = found.flatMap((instance) => {
    const node = instance.node_id && byId.get(instance.node_id);
    return node ? [{ instance, node: node.state }] : [];
  });
  const { counts, refused } = await moveTogether(tx, moving, { kind: 'node', operation: null });
  await recordEvents(
    tx,
    counts.flatMap(({ nodeId, to, count }) => {
      const node = nodeId && byId.get(nodeId);
      if (!node) return [];
      const subject = { kind: 'node' as const, id: node.id, name: node.name };
      const severity = nodeState === 'offline' ? ('warning' as const) : ('info' as const);
      return [{ kind: 'node.instances-changed', severity, subject, data: { to, count } }];
    }),
  );
  // A batch that is not full was the last.
  return { last: found[atOnce - 1], refused };
}
