/** What nodes have promised, in SQL. `claim` and `release` are the only writers of the `*_promised` columns. */
import type { ComputePoolId, NodeId } from '@zhiyun/contracts';
import { anyOf, type Database, type Tx } from '@zhiyun/store';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { PlacementNode } from './placement.ts';

export interface CapacityAmounts {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** The nodes of a pool as placement wants to see them, without their load. */
export async function loadPlacementNodes(db: Kysely<Database>, computePoolId: ComputePoolId): Promise<PlacementNode[]> {
  const rows = await db
    .selectFrom('node')
    .select(['id', 'name', 'compute_pool_id', 'state', 'schedulable'])
    .select(['cores_total', 'cores_promised', 'memory_bytes_total', 'memory_bytes_promised'])
    .select(['disk_bytes_total', 'disk_bytes_promised'])
    .where('compute_pool_id', '=', computePoolId)
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
 * Promises capacities: condition and promise are one statement, so that no two Control Servers can promise the same. For a
 * statement that writes what the capacity is for as well; `wanted` is its part with `node_id`, `compute_pool_id`, `cores`,
 * `memory_bytes` and `disk_bytes`, and `nodeIds` are all of its nodes. Answers the ids of those that could take all that was
 * wanted of them.
 */
export function claimCapacity(wanted: string, nodeIds: readonly NodeId[]): RawBuilder<unknown> {
  const ids = anyOf([...new Set(nodeIds)]);
  return sql`
    update node set
      cores_promised = cores_promised + sums.cores,
      memory_bytes_promised = memory_bytes_promised + sums.memory_bytes,
      disk_bytes_promised = disk_bytes_promised + sums.disk_bytes,
      instance_count = instance_count + sums.instances
    from (
      select node_id, compute_pool_id, sum(cores)::integer as cores, sum(memory_bytes)::bigint as memory_bytes,
        sum(disk_bytes)::bigint as disk_bytes, count(*)::integer as instances
      from ${sql.table(wanted)}
      group by node_id, compute_pool_id
    ) sums
    join (select id from node where id = ${ids} order by id for no key update) free
      on free.id = sums.node_id
    join compute_pool pool on pool.id = sums.compute_pool_id
    where node.id = sums.node_id and node.id = ${ids} and pool.id = node.compute_pool_id
      and node.state = 'online' and node.schedulable
      and cores_promised + sums.cores <= floor(cores_total * pool.cpu_overcommit)
      and memory_bytes_promised + sums.memory_bytes <= memory_bytes_total
      and disk_bytes_promised + sums.disk_bytes <= floor(disk_bytes_total * pool.disk_overcommit)
    returning node.id`;
}

/** Gives back what one instance had claimed. The caller makes sure that it does so once. */
export async function releaseCapacity(tx: Tx, nodeId: NodeId, amounts: CapacityAmounts): Promise<void> {
  await tx
    .updateTable('node')
    .set((eb) => ({
      cores_promised: eb('cores_promised', '-', amounts.cores),
      memory_bytes_promised: eb('memory_bytes_promised', '-', amounts.memoryBytes),
      disk_bytes_promised: eb('disk_bytes_promised', '-', amounts.diskBytes),
      instance_count: eb('instance_count', '-', 1),
    }))
    .where('id', '=', nodeId)
    .execute();
}
