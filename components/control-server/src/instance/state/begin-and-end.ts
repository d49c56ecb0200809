/** The first and the last move of an instance: its row begins to be, and goes. */
import type { InstanceId, NodeId, OperationId } from '@zhiyun/contracts';
import { anyOf, type Tx } from '@zhiyun/store';
import { type RawBuilder, sql } from 'kysely';
import { generationsPerOperation } from '../generations.ts';
import { historyOf } from './state-history.ts';

/**
 * For a statement that makes what belongs to instances as well: its parts `made` (with `id`) and `begun`. `wanted` is its part with the
 * columns of each instance and `operation_id`; only those are made that `granted`, a part with `id`, names.
 */
export function beginInstances(wanted: string, granted: string): RawBuilder<unknown> {
  return sql`made as (
      insert into instance (id, name, compute_pool_id, node_id, state, state_since, wanted_state, moves, generation, cores,
        memory_bytes, mac_address, iso_image_id, boot_first, boot_menu, placement, created_at)
      select id, name, compute_pool_id, node_id, 'creating', clock_timestamp(), wanted_state, 1,
        ${generationsPerOperation}::bigint, cores, memory_bytes, mac_address, iso_image_id, boot_first, boot_menu, placement, now()
      from ${sql.table(wanted)} where id in (select id from ${sql.table(granted)})
      returning id, node_id, moves, state, state_since
    ), first as (
      select made.*, null as from_state, null as stop_reason, 'operation' as cause, operation_id
      from made join (select id, operation_id from ${sql.table(wanted)}) as ordered using (id)
    ), begun as (${historyOf('first')})`;
}

export interface EndedInstance {
  id: InstanceId;
  operation_id: OperationId | null;
  node_id: NodeId | null;
  name: string;
  cores: number;
  memory_bytes: number;
  disk_bytes: number;
}

/** Of those that have not ended already. Their disks go with them; callers hold the rows' locks. */
export async function endInstances(
  tx: Tx,
  ends: readonly { id: InstanceId; operation: OperationId | null }[],
): Promise<EndedInstance[]> {
  const { rows } = await sql<EndedInstance>`
    with given as (
      select * from jsonb_to_recordset(${ends}::jsonb) as given (id uuid, operation uuid)
    ), disks as (
      select instance_id, sum(size_bytes)::bigint as disk_bytes from disk
      where instance_id = ${anyOf(ends.map(({ id }) => id))} group by instance_id
    ), gone as (
      delete from instance using given where instance.id = given.id and instance.id = ${anyOf(ends.map(({ id }) => id))}
      returning instance.id, name, node_id, cores, memory_bytes, moves, state, state_since, given.operation as operation_id
    ), last as (
      select id, moves + 1 as moves, state as from_state, null as state, null as stop_reason,
        greatest(clock_timestamp(), state_since) as state_since, 'operation' as cause, operation_id, node_id
      from gone
    ), ended as (${historyOf('last')})
    select gone.id, operation_id, node_id, name, cores, memory_bytes, coalesce(disk_bytes, 0)::bigint as disk_bytes
    from gone left join disks on disks.instance_id = gone.id order by gone.id`.execute(tx);
  return rows;
}
