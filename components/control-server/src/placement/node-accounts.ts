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

/** Nodes with their accounts as columns. */
export function selectNodeAccounts(db: Kysely<Database>) {
  return db
    .selectFrom('node')
    .leftJoin('account as cores', (join) =>
      join
        .onRef('cores.owner_id', '=', 'node.id')
        .on('cores.owner_kind', '=', 'node')
        .on('cores.resource', '=', 'cores'),
    )
    .leftJoin('account as memory', (join) =>
      join
        .onRef('memory.owner_id', '=', 'node.id')
        .on('memory.owner_kind', '=', 'node')
        .on('memory.resource', '=', 'memory-bytes'),
    )
    .leftJoin('account as disk', (join) =>
      join
        .onRef('disk.owner_id', '=', 'node.id')
        .on('disk.owner_kind', '=', 'node')
        .on('disk.resource', '=', 'disk-bytes'),
    )
    .leftJoin('account as instances', (join) =>
      join
        .onRef('instances.owner_id', '=', 'node.id')
        .on('instances.owner_kind', '=', 'node')
        .on('instances.resource', '=', 'instances'),
    )
    .select(({ fn, lit }) => [
      fn.coalesce('cores.total', lit(0)).as('cores_total'),
      fn.coalesce('cores.promised', lit(0)).as('cores_promised'),
      fn.coalesce('memory.total', lit(0)).as('memory_bytes_total'),
      fn.coalesce('memory.promised', lit(0)).as('memory_bytes_promised'),
      fn.coalesce('disk.total', lit(0)).as('disk_bytes_total'),
      fn.coalesce('disk.promised', lit(0)).as('disk_bytes_promised'),
      fn.coalesce('instances.promised', lit(0)).as('instance_count'),
    ]);
}

/** How many instances have been promised a place on it. Exact for whoever holds the lock of the node's row. */
export async function countInstancesOn(db: Kysely<Database>, id: NodeId): Promise<number> {
  const row = await selectNodeAccounts(db).where('node.id', '=', id).executeTakeFirst();
  return row?.instance_count ?? 0;
}

/** The nodes of a pool as placement wants to see them, without their load. */
export async function loadPlacementNodes(db: Kysely<Database>, computePoolId: ComputePoolId): Promise<PlacementNode[]> {
  const rows = await selectNodeAccounts(db)
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
