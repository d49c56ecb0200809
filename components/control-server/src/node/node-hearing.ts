/**
 * Which Control Servers hear a node. The best hearing decides its state, so it is offline only when none hears it. Rows
 * are written on change only; rows of a Control Server with an expired runner lease do not count.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ComponentId, NodeFacts, NodeId, NodeState } from '@zhiyun/contracts';
import { anyOf, type Database, type Store, type Tx } from '@zhiyun/store';
import { leaseName } from '@zhiyun/transaction';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { lockNodes, type SeenNode, saveNodes, setNodeStates } from './node-store.ts';

/** A node has connected with its facts. */
export interface Arrival {
  seen: SeenNode;
  facts: NodeFacts;
}

/**
 * Batched: nodes that connect at the same time share one commit; unchanged ones cost two statements, however many.
 * Returns for each whether it was not online before.
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
    .where('id', '=', anyOf(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** How a Control Server hears a node now. */
export interface Hearing {
  nodeId: NodeId;
  heard: NodeState;
}

/** One commit, each node once. Returns each changed state. */
export async function noteHearings(
  store: Store,
  controlId: ComponentId,
  hearings: readonly Hearing[],
): Promise<(NodeState | undefined)[]> {
  return store.tx(async (tx) => {
    const ids = hearings.map(({ nodeId }) => nodeId);
    // Whoever says something of a node takes turns: the last one that loses it knows that it is the last.
    const nodes = await lockNodes(tx, ids);
    const known = hearings.filter(({ nodeId }) => nodes.has(nodeId));
    await writeHearings(tx, controlId, known);
    const best = await bestHearings(tx, controlId, ids);
    const changes = known.flatMap(({ nodeId, heard }) => {
      const node = nodes.get(nodeId);
      const to = heard === 'online' ? heard : (best.get(nodeId) ?? 'offline');
      return node && node.state !== to ? [{ node, to }] : [];
    });
    await setNodeStates(tx, changes);
    const became = new Map(changes.map(({ node, to }) => [node.id, to]));
    return ids.map((id) => became.get(id));
  });
}

/** Locks against concurrent judgements of the node; a node without a row is skipped. */
async function noteHeard(db: Kysely<Database>, controlId: ComponentId, ids: readonly NodeId[]): Promise<void> {
  await sql`
    insert into node_hearing (node_id, control_id, state)
    select id, ${controlId}::uuid, 'online' from node
    where id = ${anyOf(ids)} order by id
    on conflict (node_id, control_id) do update set state = 'online' where node_hearing.state <> 'online'`.execute(db);
}

/** This Control Server no longer hears the node. */
export async function forgetHearing({ db }: Store, controlId: ComponentId): Promise<void> {
  await db.deleteFrom('node_hearing').where('control_id', '=', controlId).execute();
}

/** Nodes whose shown state is doubtful for `controlId`: offline, or online although no Control Server hears them. */
export async function doubtfulNodes({ db }: Store): Promise<{ id: NodeId; state: NodeState }[]> {
  const { rows } = await sql<{ id: NodeId; state: NodeState }>`
    select id, state from node
    where state = 'offline' or not exists (select ${liveHearing(sql`node_id = node.id`)})`.execute(db);
  return rows;
}

/** Another Control Server that can reach the node now (for a handover). */
export async function anotherThatHears(
  { db }: Store,
  nodeId: NodeId,
  own: ComponentId,
): Promise<ComponentId | undefined> {
  const { rows } = await sql<{ control_id: ComponentId }>`
    select control_id ${liveHearing(sql`node_id = ${nodeId}`)} and state = 'online' and control_id <> ${own} limit 1`.execute(
    db,
  );
  return rows[0]?.control_id;
}

async function writeHearings(tx: Tx, controlId: ComponentId, hearings: readonly Hearing[]): Promise<void> {
  const lost = hearings.filter(({ heard }) => heard === 'offline').map(({ nodeId }) => nodeId);
  const kept = hearings.filter(({ heard }) => heard !== 'offline');
  if (lost.length > 0)
    await tx
      .deleteFrom('node_hearing')
      .where('control_id', '=', controlId)
      .where('node_id', '=', anyOf(lost))
      .execute();
  if (kept.length > 0)
    await sql`
      insert into node_hearing (node_id, control_id, state)
      select "nodeId", ${controlId}::uuid, heard
      from jsonb_to_recordset(${kept}::jsonb) as hearing ("nodeId" uuid, heard text) order by "nodeId"
      on conflict (node_id, control_id) do update set state = excluded.state`.execute(tx);
}

/** Our own hearing counts regardless of the lease. A node that no Control Server hears has none. */
async function bestHearings(tx: Tx, own: ComponentId, ids: readonly NodeId[]): Promise<Map<NodeId, NodeState>> {
  const these = sql`node_id = ${anyOf(ids)}`;
  // «online» comes before «suspect».
  const { rows } = await sql<{ node_id: NodeId; state: NodeState }>`
    select node_id, min(state) as state from (
      select node_id, state ${liveHearing(these)}
      union all select node_id, state from node_hearing where ${these} and control_id = ${own}
    ) as heard group by node_id`.execute(tx);
  return new Map(rows.map(({ node_id, state }) => [node_id, state]));
}

function liveHearing(which: RawBuilder<unknown>) {
  return sql`
    from node_hearing join lease on lease.name = ${leaseName('')} || control_id
    where ${which} and lease.expires_at > clock_timestamp()`;
}
