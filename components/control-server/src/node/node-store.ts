/** Rows of nodes: written on connect, on silence, and on administrators' changes. */

import {
  activeOperationStates,
  type ComputePoolId,
  defaultComputePoolName,
  type Event,
  type NodeFacts,
  type NodeId,
  type NodeState,
  say,
} from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { anyOf, type Database, type NewEvent, recordEvent, recordEvents, type Tx } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';
import { setAccountTotals } from '../account/accounts.ts';
import { accountTotalsOf, countInstancesOn } from '../placement/node-accounts.ts';
import { uniqueName } from '../reference/named.ts';
import { totalsOf } from './node-capacity.ts';

export interface SeenNode {
  id: NodeId;
  name: string;
  address: string;
}

/** Stores facts of nodes and marks them online. A new one joins the default pool, if there is one. */
export async function saveNodes(tx: Tx, nodes: readonly { seen: SeenNode; facts: NodeFacts }[]): Promise<void> {
  const known = await lockNodes(
    tx,
    nodes.map(({ seen }) => seen.id),
  );
  const described = nodes.filter(({ seen }) => known.has(seen.id));
  if (described.length > 0) await describeNodes(tx, described);
  const back = [...known.values()].filter(({ state }) => state !== 'online');
  await recordEvents(
    tx,
    back.map((node) => stateChanged(node, 'online')),
  );
  for (const { seen, facts } of nodes) if (!known.has(seen.id)) await addNode(tx, seen, facts);
}

async function describeNodes(tx: Tx, nodes: readonly { seen: SeenNode; facts: NodeFacts }[]): Promise<void> {
  const given = nodes.map(({ seen, facts }) => ({ id: seen.id, address: seen.address, facts }));
  await sql`
    update node set
      address = given.address, facts = given.facts,
      state = 'online', state_since = case when node.state = 'online' then node.state_since else now() end
    from jsonb_to_recordset(${given}::jsonb) as given (id uuid, address text, facts jsonb)
    where node.id = given.id and node.id = ${anyOf(given.map(({ id }) => id))}`.execute(tx);
  await setAccountTotals(
    tx,
    given.map(({ id, facts }) => accountTotalsOf(id, totalsOf(facts))),
  );
}

async function addNode(tx: Tx, seen: SeenNode, facts: NodeFacts): Promise<void> {
  if (await wasRemoved(tx, seen.id)) return;
  const name = await freeName(tx, seen);
  const inserted = await tx
    .insertInto('node')
    .values({
      id: seen.id,
      name,
      address: seen.address,
      compute_pool_id: await defaultPoolId(tx),
      state: 'online',
      state_since: sql<Date>`now()`,
      joined_at: sql<Date>`now()`,
      facts,
    })
    // Another Control Server hears the same node at the same moment.
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return;
  await setAccountTotals(tx, [accountTotalsOf(seen.id, totalsOf(facts))]);
  await recordEvent(tx, { kind: 'node.joined', subject: { kind: 'node', id: seen.id, name } });
}

export type LockedNode = Pick<Selectable<Database['node']>, 'id' | 'name' | 'state'>;

/** Locks in order of id, like every caller, to avoid deadlocks. */
export async function lockNodes(tx: Tx, ids: readonly NodeId[]): Promise<Map<NodeId, LockedNode>> {
  const rows = await tx
    .selectFrom('node')
    .select(['id', 'name', 'state'])
    .where('id', '=', anyOf(ids))
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** One event each. None is in its new state already. */
export async function setNodeStates(tx: Tx, changes: readonly { node: LockedNode; to: NodeState }[]): Promise<void> {
  if (changes.length === 0) return;
  const given = changes.map(({ node: { id }, to }) => ({ id, to }));
  await sql`
    update node set state = given."to", state_since = now()
    from jsonb_to_recordset(${given}::jsonb) as given (id uuid, "to" text)
    where node.id = given.id and node.id = ${anyOf(given.map(({ id }) => id))}`.execute(tx);
  await recordEvents(
    tx,
    changes.map(({ node, to }) => stateChanged(node, to)),
  );
}

function stateChanged({ id, name, state: from }: LockedNode, to: NodeState): NewEvent {
  return {
    kind: 'node.state-changed',
    severity: to === 'online' ? 'info' : 'warning',
    subject: { kind: 'node', id, name },
    data: { from, to },
  };
}

export interface NodeChange {
  name?: string | undefined;
  computePoolId?: ComputePoolId | null | undefined;
  schedulable?: boolean | undefined;
}

/** Throws `name-taken`; `in-use` when it would leave its pool with instances on it; `target-busy` when it is being removed. */
export async function changeNode(tx: Tx, id: NodeId, change: NodeChange, actor: Event['actor']): Promise<void> {
  const node = await tx.selectFrom('node').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
  const moves = change.computePoolId !== undefined && change.computePoolId !== node.compute_pool_id;
  const count = moves ? await countInstancesOn(tx, id) : 0;
  if (count > 0) throw new PlatformError('in-use', say('node.has-instances-of-pool', { name: node.name, count }));
  if (change.schedulable && (await isBeingRemoved(tx, id)))
    throw new PlatformError('target-busy', say('node.being-removed', { name: node.name }));
  const values = {
    name: change.name ?? node.name,
    compute_pool_id: change.computePoolId === undefined ? node.compute_pool_id : change.computePoolId,
    schedulable: change.schedulable ?? node.schedulable,
  };
  const renaming = tx.updateTable('node').set(values).where('id', '=', id).execute();
  await uniqueName('node', values.name, 'node_name_key', renaming);
  await recordEvent(tx, {
    kind: 'node.changed',
    subject: { kind: 'node', id, name: values.name },
    data: values,
    actor,
  });
}

/** Removed nodes are refused: their link may not have been cut everywhere yet. */
async function wasRemoved(db: Kysely<Database>, id: NodeId): Promise<boolean> {
  const row = await db.selectFrom('component').select('removed_at').where('id', '=', id).executeTakeFirst();
  return row !== undefined && row.removed_at !== null;
}

async function isBeingRemoved(db: Kysely<Database>, id: NodeId): Promise<boolean> {
  const removal = await db
    .selectFrom('operation')
    .select('id')
    .where('kind', '=', 'component.remove')
    .where('target_id', '=', id)
    .where('state', 'in', activeOperationStates)
    .executeTakeFirst();
  return removal !== undefined;
}

async function defaultPoolId(db: Kysely<Database>): Promise<ComputePoolId | null> {
  const pool = await db
    .selectFrom('compute_pool')
    .select('id')
    .where('name', '=', defaultComputePoolName)
    .executeTakeFirst();
  return pool?.id ?? null;
}

/** Deduplicates names: machines are often cloned with their host name, so part of the id is appended. */
async function freeName(db: Kysely<Database>, seen: SeenNode): Promise<string> {
  const taken = await db.selectFrom('node').select('id').where('name', '=', seen.name).executeTakeFirst();
  return taken ? `${seen.name}-${seen.id.slice(-6)}` : seen.name;
}
