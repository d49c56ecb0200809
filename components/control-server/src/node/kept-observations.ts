/**
 * While an operation works on an instance, what its node reports is only kept, for the operation's end to show. Such reports
 * come by the hundred when many are created: those of all nodes that come at the same time are one statement.
 */
import { type InstanceId, type NodeId, transientStates } from '@zhiyun/contracts';
import { Batches } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import type { Observation } from './instance-reports.ts';

interface Heard {
  nodeId: NodeId;
  observation: Observation;
}

const keepers = new WeakMap<Store, Batches<Heard, boolean>>();

/** False: nothing was done, for there is more to do than to keep it. */
export async function keepObservation(store: Store, nodeId: NodeId, observation: Observation): Promise<boolean> {
  if (observation.observed_state === 'missing') return false;
  const keeper = keepers.get(store) ?? new Batches<Heard, boolean>((heard) => keepAll(store, heard));
  keepers.set(store, keeper);
  return keeper.run({ nodeId, observation });
}

async function keepAll(store: Store, heard: readonly Heard[]): Promise<boolean[]> {
  const given = heard.map(({ nodeId, observation }) => ({ ...observation, node_id: nodeId }));
  // Two orders of one instance may be heard at once: the newest is kept.
  const { rows } = await store.tx((tx) =>
    sql<{ id: InstanceId; sequence: number }>`
      with given as materialized (
        select distinct on (id) * from jsonb_to_recordset(${given}::jsonb) as given (id uuid, node_id uuid,
          observed_generation bigint, observed_sequence bigint, observed_state text, observed_stop_reason text,
          observed_stop_detail text, address text)
        order by id, observed_sequence desc
      ), free as materialized (
        select id from instance where id in (select id from given) order by id for no key update
      ), kept as (
        update instance set
          observed_generation = given.observed_generation, observed_sequence = given.observed_sequence,
          observed_state = given.observed_state, observed_stop_reason = given.observed_stop_reason,
          observed_stop_detail = given.observed_stop_detail, address = given.address
        from given join free using (id)
        where instance.id = given.id and instance.node_id = given.node_id
          and instance.observed_sequence < given.observed_sequence
          and instance.state in (${sql.join(transientStates.map((state) => sql.lit(state)))})
        returning instance.id, instance.observed_sequence as sequence
      )
      select id, sequence from kept
      union all
      select instance.id, instance.observed_sequence from instance
        join given on instance.id = given.id and instance.node_id = given.node_id
      where instance.observed_sequence >= given.observed_sequence and instance.state <> 'unknown'`.execute(tx),
  );
  const known = new Map(rows.map(({ id, sequence }) => [id, sequence]));
  return heard.map(({ observation: { id, observed_sequence } }) => (known.get(id) ?? -1) >= observed_sequence);
}
