/**
 * What a change of a node's state makes of its instances: `unknown` while it is offline, what was last heard of each after
 * that. They change by thousands in one statement, with one event about their node; those that an operation works on are
 * left to it.
 */
import { type InstanceId, type NodeId, transientStates } from '@zhiyun/contracts';
import { type Database, recordEvent, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { type Observed, type ShownState, settledState } from '../instance/settled-state.ts';

const atOnce = 5_000;

/** Some instances of a node, and what they are to show. */
interface Change {
  nodeId: NodeId;
  nodeState: 'online' | 'offline';
  shown: ShownState;
  /** Only those of which this was last heard; undefined: all. */
  observed?: Observed;
}

/** In the order of the index by node. */
interface Place {
  created_at: Date;
  id: InstanceId;
}

/** Aborted, it leaves the rest to `halfShownNodes` of the next start. */
export async function showInstances(
  store: Store,
  nodeId: NodeId,
  nodeState: 'online' | 'offline',
  signal?: AbortSignal,
): Promise<void> {
  for (const change of await changesOf(store.db, nodeId, nodeState)) {
    let last: Place | undefined;
    do last = await store.tx((tx) => showSome(tx, change, last));
    while (last && !signal?.aborted);
  }
}

/** Offline nodes whose instances were not all told: whoever did it was stopped. Those of an online node its inventory tells. */
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

async function changesOf(db: Kysely<Database>, nodeId: NodeId, nodeState: 'online' | 'offline'): Promise<Change[]> {
  if (nodeState === 'offline') {
    const never: Observed = { observed_state: null, observed_stop_reason: null, observed_stop_detail: null };
    return [{ nodeId, nodeState, shown: settledState(never, nodeState) }];
  }
  const kinds = await db
    .selectFrom('instance')
    .select(['observed_state', 'observed_stop_reason', 'observed_stop_detail'])
    .distinct()
    .where('node_id', '=', nodeId)
    .where('state', '=', 'unknown')
    .where('observed_state', 'is not', null)
    .execute();
  return kinds.map((observed) => ({ nodeId, nodeState, observed, shown: settledState(observed, nodeState) }));
}

/** Answers how far it came; undefined: that was all. */
async function showSome(
  tx: Tx,
  { nodeId, nodeState, shown, observed }: Change,
  after: Place | undefined,
): Promise<Place | undefined> {
  const candidates = tx
    .selectFrom('instance')
    .select(['id', 'created_at'])
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.created_at}, ${after?.id})`),
    )
    .where('node_id', '=', nodeId)
    .where('state', 'not in', transientStates)
    .where('state', nodeState === 'offline' ? '<>' : '=', 'unknown')
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
  // After the instances, as every operation does. Share lock: until we are done the node stays what it is.
  const node = await tx
    .selectFrom('node')
    .select(['name', 'state'])
    .where('id', '=', nodeId)
    .forShare()
    .executeTakeFirst();
  if (!node || (node.state === 'offline') !== (nodeState === 'offline')) return undefined;
  const ids = JSON.stringify(found.map(({ id }) => id));
  await tx
    .updateTable('instance')
    .set({
      state: shown.state,
      stop_reason: shown.stopReason,
      stop_detail: shown.stopDetail,
      state_since: sql<Date>`now()`,
    })
    .where('id', 'in', sql<InstanceId>`(select value::uuid from jsonb_array_elements_text(${ids}::jsonb))`)
    .execute();
  await recordEvent(tx, {
    kind: 'node.instances-changed',
    severity: nodeState === 'offline' ? 'warning' : 'info',
    subject: { kind: 'node', id: nodeId, name: node.name },
    data: { to: shown.state, count: found.length },
  });
  // A batch that is not full was the last.
  return found[atOnce - 1];
}
