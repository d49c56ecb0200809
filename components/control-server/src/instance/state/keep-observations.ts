/**
 * Stores a report without showing it while an operation works on the instance; the operation's end shows it. Concurrent
 * reports of all nodes are batched into one statement.
 */
import { type InstanceId, type NodeId, transientStates } from '@zhiyun/contracts';
import { Batches } from '@zhiyun/kernel';
import { anyOf, type Store } from '@zhiyun/store';
import { type RawBuilder, sql } from 'kysely';
import type { Observation } from './observation.ts';

interface Heard {
  nodeId: NodeId;
  observation: Observation;
}

interface Kept {
  id: InstanceId;
  sequence: number;
}

const keepers = new WeakMap<Store, Batches<Heard, boolean>>();

/** False: nothing was written, the report needs more than to be stored. */
export async function keepObservation(store: Store, nodeId: NodeId, observation: Observation): Promise<boolean> {
  if (observation.observed_state === 'missing') return false;
  const keeper = keepers.get(store) ?? new Batches<Heard, boolean>((heard) => keepAll(store, heard));
  keepers.set(store, keeper);
  return keeper.run({ nodeId, observation });
}

async function keepAll(store: Store, heard: readonly Heard[]): Promise<boolean[]> {
  const given = heard.map(({ nodeId, observation }) => ({ ...observation, node_id: nodeId }));
  const ids = idsOf(heard);
  // Two orders of one instance may be heard at once: the newest is kept.
  const { rows: kept } = await store.single((db) =>
    sql<Kept>`
      with given as materialized (
        select distinct on (id) * from jsonb_to_recordset(${given}::jsonb) as given (id uuid, node_id uuid,
          observed_generation bigint, observed_sequence bigint, observed_state text, observed_stop_reason text,
          observed_stop_detail text, observed_run jsonb, address text)
        order by id, observed_sequence desc
      ), free as materialized (
        select id from instance where id = ${ids} order by id for no key update
      ), kept as (
        update instance set
          observed_generation = given.observed_generation, observed_sequence = given.observed_sequence,
          observed_state = given.observed_state, observed_stop_reason = given.observed_stop_reason,
          observed_stop_detail = given.observed_stop_detail, observed_run = given.observed_run, address = given.address
        from given join free using (id)
        where instance.id = given.id and instance.id = ${ids} and instance.node_id = given.node_id
          and instance.observed_sequence < given.observed_sequence
          and instance.state in (${sql.join(transientStates.map((state) => sql.lit(state)))})
        returning instance.id, instance.observed_sequence as sequence
      )
      select id, sequence from kept`.execute(db),
  );
  const sequences = new Map(kept.map(({ id, sequence }) => [id, sequence]));
  const isKept = ({ observation: { id, observed_sequence } }: Heard) => (sequences.get(id) ?? -1) >= observed_sequence;
  const rest = heard.filter((one) => !isKept(one));
  for (const { id, sequence } of await keptBefore(store, rest)) sequences.set(id, sequence);
  return heard.map(isKept);
}

/**
 * An operation that ends hears from the node what the report says too, and one of both comes first. A statement of its own: the
 * first may have waited for that commit, and would still not see it.
 */
async function keptBefore({ db }: Store, heard: readonly Heard[]): Promise<Kept[]> {
  if (heard.length === 0) return [];
  const { rows } = await sql<Kept & { node_id: NodeId }>`
    select id, node_id, observed_sequence as sequence from instance
    where id = ${idsOf(heard)} and state <> 'unknown'`.execute(db);
  const nodes = new Map(heard.map(({ nodeId, observation }) => [observation.id, nodeId]));
  return rows.filter(({ id, node_id }) => nodes.get(id) === node_id);
}

function idsOf(heard: readonly Heard[]): RawBuilder<InstanceId> {
  return anyOf(heard.map(({ observation }) => observation.id));
}
