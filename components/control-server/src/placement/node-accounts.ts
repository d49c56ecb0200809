/** The accounts of nodes: cores, memory and disk bytes, and how many instances they have. */
import type { ComputePoolId, NodeId } from '@zhiyun/contracts';
import { anyOf, type Database, type Tx } from '@zhiyun/store';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type AccountTotals, claimAccounts, releaseAccounts } from '../account/accounts.ts';
import type { PlacementNode } from './terms.ts';

/** Bytes on a place that several nodes share will be accounts of that place. */
export const nodeResources = ['cores', 'memory-bytes', 'disk-bytes', 'instances'] as const;

export interface NodeTotals {
  cores: number;
  memoryBytes: number;
  diskBytes: number;
}

export function accountTotalsOf(id: NodeId, { cores, memoryBytes, diskBytes }: NodeTotals): AccountTotals {
  const totals = { cores, 'memory-bytes': memoryBytes, 'disk-bytes': diskBytes, instances: null };
  return { owner: { kind: 'node', id }, totals };
}

/** One row of each node's accounts. */
function figuresOf(db: Kysely<Database>) {
  return db
    .selectFrom('account')
    .where('owner_kind', '=', 'node')
    .select(({ fn }) => [
      fn.max('total').filterWhere('resource', '=', 'cores').as('cores_total'),
      fn.max('promised').filterWhere('resource', '=', 'cores').as('cores_promised'),
      fn.max('total').filterWhere('resource', '=', 'memory-bytes').as('memory_bytes_total'),
      fn.max('promised').filterWhere('resource', '=', 'memory-bytes').as('memory_bytes_promised'),
      fn.max('total').filterWhere('resource', '=', 'disk-bytes').as('disk_bytes_total'),
      fn.max('promised').filterWhere('resource', '=', 'disk-bytes').as('disk_bytes_promised'),
      fn.max('promised').filterWhere('resource', '=', 'instances').as('instance_count'),
    ]);
}

/** Which nodes are read: a few of all, each by the index; all of these pools, or all that there are, in one pass. */
export type NodeReads = 'few' | 'all' | readonly ComputePoolId[];

/** Nodes with their accounts as columns. The planner cannot choose how: an aggregate takes no condition from its join. */
export function selectNodeAccounts(db: Kysely<Database>, reads: NodeReads) {
  const each = figuresOf(db).whereRef('owner_id', '=', sql.ref('node.id'));
  const all = figuresOf(db)
    .select('owner_id')
    .$if(typeof reads !== 'string', (accounts) =>
      accounts.where(
        ({ selectFrom }) =>
          sql<boolean>`owner_id in ${selectFrom('node')
            .select('id')
            .where('compute_pool_id', '=', anyOf(reads as readonly ComputePoolId[]))}`,
      ),
    )
    .groupBy('owner_id');
  const nodes = db.selectFrom('node');
  const joined =
    reads === 'few'
      ? nodes.leftJoinLateral(each.select('owner_id').groupBy('owner_id').as('figures'), (join) => join.onTrue())
      : nodes.leftJoin(all.as('figures'), (join) => join.onRef('figures.owner_id', '=', 'node.id'));
  return joined.select(({ fn, lit }) => [
    fn.coalesce('figures.cores_total', lit(0)).as('cores_total'),
    fn.coalesce('figures.cores_promised', lit(0)).as('cores_promised'),
    fn.coalesce('figures.memory_bytes_total', lit(0)).as('memory_bytes_total'),
    fn.coalesce('figures.memory_bytes_promised', lit(0)).as('memory_bytes_promised'),
    fn.coalesce('figures.disk_bytes_total', lit(0)).as('disk_bytes_total'),
    fn.coalesce('figures.disk_bytes_promised', lit(0)).as('disk_bytes_promised'),
    fn.coalesce('figures.instance_count', lit(0)).as('instance_count'),
  ]);
}

/** How many instances have been promised a place on it. Exact for whoever holds the lock of the node's row. */
export async function countInstancesOn(db: Kysely<Database>, id: NodeId): Promise<number> {
  const row = await selectNodeAccounts(db, 'few').where('node.id', '=', id).executeTakeFirst();
  return row?.instance_count ?? 0;
}

/** The nodes of a pool as placement wants to see them, without their load. */
export async function loadPlacementNodes(db: Kysely<Database>, computePoolId: ComputePoolId): Promise<PlacementNode[]> {
  const rows = await selectNodeAccounts(db, [computePoolId])
    .select(['node.id', 'node.name', 'node.compute_pool_id', 'node.state', 'node.schedulable'])
    .where('node.compute_pool_id', '=', computePoolId)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    computePoolId: row.compute_pool_id,
    state: row.state,
    schedulable: row.schedulable,
    cores: { total: row.cores_total, promised: row.cores_promised },
    memoryBytes: { total: row.memory_bytes_total, promised: row.memory_bytes_promised },
    diskBytes: { total: row.disk_bytes_total, promised: row.disk_bytes_promised },
    load: null,
  }));
}

/**
 * Claims for instances, for a statement that makes them as well; `granted` is its part with the `id` of each that was won. `wanted` is its
 * part with `id`, `place`, `node_id`, `compute_pool_id`, `cores`, `memory_bytes` and `disk_bytes`, and `nodeIds` are all of its nodes.
 * Their rows are held until the commit: a node that is to leave, or changes its pool, waits.
 */
export function claimOnNodes(wanted: string, nodeIds: readonly NodeId[]): RawBuilder<unknown> {
  return sql`nodes as materialized (
      select id, compute_pool_id, state, schedulable from node
      where id = ${anyOf([...new Set(nodeIds)])} order by id for no key update
    ), claims as materialized (
      select wanted.id as claim, wanted.place, 'node' as owner_kind, nodes.id as owner_id, resource, amount, overcommit
      from ${sql.table(wanted)} as wanted
      join nodes on nodes.id = wanted.node_id and nodes.compute_pool_id = wanted.compute_pool_id
        and nodes.state = 'online' and nodes.schedulable
      join compute_pool as pool on pool.id = wanted.compute_pool_id
      cross join lateral (values
        ('cores', wanted.cores::bigint, pool.cpu_overcommit), ('memory-bytes', wanted.memory_bytes, 1),
        ('disk-bytes', wanted.disk_bytes, pool.disk_overcommit), ('instances', 1, 1)
      ) as figures (resource, amount, overcommit)
    ), ${claimAccounts('claims', nodeIds)}`;
}

/** Gives back what so many instances had claimed, in the commit in which they go. */
export async function releaseOnNode(
  tx: Tx,
  nodeId: NodeId,
  { cores, memoryBytes, diskBytes, instances }: NodeTotals & { instances: number },
): Promise<void> {
  await tx.selectFrom('node').select('id').where('id', '=', nodeId).forNoKeyUpdate().execute();
  const amounts = { cores, 'memory-bytes': memoryBytes, 'disk-bytes': diskBytes, instances };
  await releaseAccounts(tx, { kind: 'node', id: nodeId }, amounts);
}
