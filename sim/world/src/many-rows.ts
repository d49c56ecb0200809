/** Rows by the thousand, written straight into the database, of things that nobody hears of: for lists and pictures that are large. */
import type { ComponentId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { acquireLease, type Store } from '@zhiyun/store';
import { waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { serverFacts } from './server.ts';

const hourMs = 3_600_000;

/** Shut down on `node-1`, which knows nothing of them. Older than what there is. */
export async function addInstanceRows(store: Store, count: number): Promise<void> {
  await store.tx(async (tx) => {
    // Of rows that nobody ordered there is no history to be kept.
    await sql`set local session_replication_role = replica`.execute(tx);
    await sql`
    insert into instance (id, name, compute_pool_id, node_id, state, state_since, generation, cores, memory_bytes, mac_address, created_at)
    select gen_random_uuid(), 'many-' || n, node.compute_pool_id, node.id, 'stopped', now(), 1, 1, 1 << 30, '52:ab:' || to_char(n, 'FM00:00:00') || ':07',
      now() - interval '1 day' - n * interval '1 s'
    from node, generate_series(1, ${count}::int) n where node.name = 'node-1'`.execute(tx);
  });
  await sql`analyze instance`.execute(store.db);
}

/** Online at a Data Server that is nowhere to be met; its lease is good for an hour. */
export async function addNodeRows(store: Store, from: number, count: number): Promise<void> {
  const dataServer = newId<ComponentId>();
  await acquireLease(store, `data-server/${dataServer}`, dataServer, hourMs);
  await store.tx(async (tx) => {
    await sql`create temporary table many on commit drop as
      select gen_random_uuid() as id, n from generate_series(${from}::int, ${from + count - 1}::int) n`.execute(tx);
    await sql`insert into component (id, type, public_key_sha256, joined_at)
      select id, 'node-client', id::text, now() from many`.execute(tx);
    await sql`
      insert into registration (component_id, name, endpoint, version, life, clock_skew_ms, state, since, data_server_id, session, is_open)
      select id, 'node-' || n, ${JSON.stringify({ hosts: ['127.0.0.1'], port: 9, machine: 'm' })}::jsonb, '0.1.0', id, 0, 'online',
        now(), ${dataServer}, gen_random_uuid(), true from many`.execute(tx);
    await sql`
      insert into node (id, name, compute_pool_id, state, state_since, joined_at, facts, cores_total, memory_bytes_total, disk_bytes_total)
      select many.id, 'node-' || n, pool.id, 'online', now(), now(), ${JSON.stringify(serverFacts)}::jsonb, 64, 1::bigint << 38, 1::bigint << 42
      from many, compute_pool pool where pool.name = 'default'`.execute(tx);
  });
}

/** As if the component had been gone for that long; waits until it is. */
export async function longGone(
  store: Store,
  { name, type }: { name: string; type: string },
  seconds: number,
): Promise<void> {
  const gone = async () => {
    const { numAffectedRows } =
      await sql`update registration set since = now() - ${seconds} * interval '1 s' from component
      where component.id = registration.component_id and component.type = ${type} and registration.name = ${name}
        and registration.state = 'gone'`.execute(store.db);
    return numAffectedRows === 1n;
  };
  await waitFor(gone, { describe: `${type} of ${name} gone` });
}
