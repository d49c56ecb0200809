/**
 * Which Control Servers hear a node. A node is what the one says that hears it best, so it is offline only when none hears
 * it. Rows are written when something changes, not for as long as nothing does; a Control Server whose runner lease is over
 * is not heard itself, and its rows count no more.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ComponentId, NodeFacts, NodeId, NodeState } from '@zhiyun/contracts';
import type { Database, Store, Tx } from '@zhiyun/store';
import { leaseName } from '@zhiyun/transaction';
import { type Kysely, type Selectable, sql } from 'kysely';
import { lockNode, type SeenNode, saveNodes, setNodeState } from './node-store.ts';

/** A node shows what it is. */
export interface Arrival {
  seen: SeenNode;
  facts: NodeFacts;
}

/**
 * Nodes that come at the same time are one commit; those that are as they were cost two statements, however many. Each once.
 * Answers of each whether it was not online before.
 */
export async function hearNodes(
  store: Store,
  controlId: ComponentId,
  arrivals: readonly Arrival[],
): Promise<boolean[]> {
  const ids = arrivals.map(({ seen }) => seen.id);
  await noteHeard(store.db, controlId, ids);
  const known = await describedNodes(store.db, ids);
  const news = arrivals.filter(({ seen, facts }) => {
    const node = known.get(seen.id);
    return node?.state !== 'online' || node.address !== seen.address || !isDeepStrictEqual(node.facts, facts);
  });
  if (news.length > 0)
    await store.tx(async (tx) => {
      await saveNodes(tx, news);
      await noteHeard(
        tx,
        controlId,
        news.map(({ seen }) => seen.id),
      );
    });
  return ids.map((id) => known.get(id)?.state !== 'online');
}

async function describedNodes(
  db: Kysely<Database>,
  ids: readonly NodeId[],
): Promise<Map<NodeId, Pick<Selectable<Database['node']>, 'state' | 'address' | 'facts'>>> {
  const rows = await db
    .selectFrom('node')
    .select(['id', 'state', 'address', 'facts'])
    .where('id', 'in', sql<NodeId>`(select value::uuid from jsonb_array_elements_text(${ids}::jsonb))`)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** A Control Server says how it hears a node now. Answers what the node became, if that changed. */
export async function noteHearing(
  store: Store,
  controlId: ComponentId,
  nodeId: NodeId,
  heard: NodeState,
): Promise<NodeState | undefined> {
  return store.tx(async (tx) => {
    // Whoever says something of a node takes turns: the last one that loses it knows that it is the last.
    const node = await lockNode(tx, nodeId);
    if (!node) return undefined;
    await writeHearing(tx, controlId, nodeId, heard);
    const state = heard === 'online' ? heard : await bestHearing(tx, controlId, nodeId);
    return (await setNodeState(tx, node, state)) ? state : undefined;
  });
}

/** Waits for whoever judges a node at this moment; a node that has no row yet is passed over. */
async function noteHeard(db: Kysely<Database>, controlId: ComponentId, ids: readonly NodeId[]): Promise<void> {
  await sql`
    insert into node_hearing (node_id, control_id, state)
    select id, ${controlId}::uuid, 'online' from node
    where id in (select value::uuid from jsonb_array_elements_text(${ids}::jsonb)) order by id
    on conflict (node_id, control_id) do update set state = 'online' where node_hearing.state <> 'online'`.execute(db);
}

/** From now on it hears nothing. */
export async function forgetHearing({ db }: Store, controlId: ComponentId): Promise<void> {
  await db.deleteFrom('node_hearing').where('control_id', '=', controlId).execute();
}

/** Nodes that are shown wrongly as far as `controlId` can tell: offline, or there although no Control Server hears them. */
export async function doubtfulNodes({ db }: Store): Promise<{ id: NodeId; state: NodeState }[]> {
  const { rows } = await sql<{ id: NodeId; state: NodeState }>`
    select id, state from node
    where state = 'offline' or not exists (select ${liveHearing(sql`node.id`)})`.execute(db);
  return rows;
}

/** Another Control Server that can give orders to the node now. */
export async function anotherThatHears(
  { db }: Store,
  nodeId: NodeId,
  own: ComponentId,
): Promise<ComponentId | undefined> {
  const { rows } = await sql<{ control_id: ComponentId }>`
    select control_id ${liveHearing(sql`${nodeId}`)} and state = 'online' and control_id <> ${own} limit 1`.execute(db);
  return rows[0]?.control_id;
}

async function writeHearing(tx: Tx, controlId: ComponentId, nodeId: NodeId, heard: NodeState): Promise<void> {
  if (heard === 'offline')
    await tx.deleteFrom('node_hearing').where('node_id', '=', nodeId).where('control_id', '=', controlId).execute();
  else
    await tx
      .insertInto('node_hearing')
      .values({ node_id: nodeId, control_id: controlId, state: heard })
      .onConflict((conflict) => conflict.columns(['node_id', 'control_id']).doUpdateSet({ state: heard }))
      .execute();
}

/** The own word counts whatever the lease says. */
async function bestHearing(tx: Tx, own: ComponentId, nodeId: NodeId): Promise<NodeState> {
  const { rows } = await sql<{ state: NodeState | null }>`
    select min(state) as state from (
      select state ${liveHearing(sql`${nodeId}`)}
      union all select state from node_hearing where node_id = ${nodeId} and control_id = ${own}
    ) as heard`.execute(tx);
  // «online» comes before «suspect».
  return rows[0]?.state ?? 'offline';
}

function liveHearing(nodeId: ReturnType<typeof sql>) {
  return sql`
    from node_hearing join lease on lease.name = ${leaseName('')} || control_id
    where node_id = ${nodeId} and lease.expires_at > clock_timestamp()`;
}
