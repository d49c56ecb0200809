/**
 * A database with 100,000 rows of everything that is listed (10,000 components), distributed as unkindly as it gets: values that
 * half of all have, values that few have, and neighbours in the order of a list that have nothing else in common.
 */
import { silentLogger } from '@zhiyun/kernel';
import { migrate, openStore, readMigrations, type Store } from '@zhiyun/store';
import { createTestDatabase } from '@zhiyun/testkit';
import { type CompiledQuery, sql } from 'kysely';

export const rowCount = 100_000;

/** The id of the n-th row of a kind. */
export const idOf = (kind: Kind, n: number): string =>
  `${kinds[kind]}000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const kinds = { instance: '0a', pool: '0b', node: '0c', image: '0d', operation: '0e', user: '0f' } as const;
type Kind = keyof typeof kinds;

const id = (kind: Kind, n: string) => `('${kinds[kind]}000000-0000-4000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const rows = (columns: string, table: string, values: string, count = rowCount) =>
  `insert into ${table} (${columns}) select ${values} from generate_series(1, ${count}) n`;

const statements = [
  'set session_replication_role = replica',
  'delete from compute_pool',
  rows(
    'id, name, cpu_overcommit, disk_overcommit, created_at',
    'compute_pool',
    `${id('pool', 'n')}, 'pool-' || n, 8, 4, now() - n * interval '1 s'`,
  ),
  rows(
    'id, type, public_key_sha256, joined_at',
    'component',
    `${id('node', 'n')}, case when n <= 3 then 'control-server' when n <= 6 then 'storage-server'
      when n <= 8 then 'data-server' else 'node-client' end, '', now()`,
    10_000,
  ),
  `insert into registration (component_id, name, endpoint, version, life, clock_skew_ms, state, since, data_server_id, session, is_open)
    select id, 'server-' || row_number() over (order by id), '{"hosts":["10.0.0.1"],"port":9000,"machine":"m"}', '1', id, 0,
      case when row_number() over (order by id) % 2003 = 0 then 'suspect' else 'online' end, now(), id, id, true from component`,
  rows(
    'id, name, compute_pool_id, state, state_since, joined_at, facts, cores_total, memory_bytes_total, disk_bytes_total',
    'node',
    `${id('node', 'n')}, 'server-' || n, ${id('pool', 'case when n <= 5000 then 1 else 1 + n / 20 end')}, 'online', now(), now(),
      '{"cpuModel":"x"}', 64, 1::bigint << 38, 1::bigint << 42`,
  ),
  rows(
    'id, name, kind, state, storage_server_id, size_bytes, format, virtual_size_bytes, sha256, created_at',
    'image',
    `${id('image', 'n')}, 'image-' || n, case when n % 50 = 0 then 'iso' else 'disk' end,
      case when n > 99990 then 'uploading' when n % 3001 = 0 then 'failed' else 'ready' end, ${id('node', '4')}, 1048576, 'raw',
      1048576, repeat('0', 64), now() - n * interval '1 s'`,
  ),
  rows(
    `id, name, compute_pool_id, node_id, state, state_since, generation, cores, memory_bytes, mac_address, address, iso_image_id,
      created_at`,
    'instance',
    `${id('instance', 'n')}, case when n > 70000 then 'zeta-' else 'web-' end || n,
      ${id('pool', 'case when n > 60000 then 2 else 3 + n % 1000 end')},
      ${id('node', 'case when n > 70000 then 9 else 10 + n % 5000 end')},
      case when n % 5003 = 0 then 'unknown' when n > 80000 then 'stopped' else 'running' end, now(), 1, 1, 1 << 30,
      '52:ab:' || to_char(n, 'FM00:00:00') || ':07', '100.' || 64 + n / 62500 || '.' || n / 250 % 250 || '.' || n % 250,
      case when n % 100 = 0 then ${id('image', '50 * (1 + n / 100)')} end, now() - n * interval '1 s'`,
  ),
  `insert into disk (id, instance_id, position, size_bytes, image_id)
    select id, id, 0, 1 << 30, ${id('image', 'case when n % 2 = 0 then 1 else 1 + n % 20000 end')}
    from (select id, row_number() over (order by id) as n from instance) numbered`,
  rows(
    `id, kind, state, target_kind, target_id, target_name, params, memory, steps, cursor, runner, epoch, ended_at, created_at`,
    'operation',
    `${id('operation', 'n')}, case when n % 4001 = 0 then 'image.move' when n % 3 = 0 then 'instance.start' else 'instance.create' end,
      case when n <= 3 then 'stuck' when n % 5003 = 0 then 'failed' else 'succeeded' end,
      case when n % 4001 = 0 then 'image' else 'instance' end, ${id('instance', 'n')}::text, 'web-' || n % 50000, '{}', '{}', '[]',
      1, 'r', 1, now(), now()`,
  ),
  rows(
    'kind, severity, subject_kind, subject_id, subject_name, data',
    'event',
    `case when n % 4001 = 0 then 'image.moved' else 'instance.state-changed' end,
      case when n % 5003 = 0 then 'error' when n % 10 = 0 then 'warning' else 'info' end,
      case when n % 4001 = 0 then 'image' else 'instance' end, ${id('instance', 'n % 50000')}::text, 'web-' || n, '{}'`,
  ),
  rows(
    'id, username, role, password_hash, created_at',
    'app_user',
    `${id('user', 'n')}, 'user-' || n, 'viewer', '', now() - n * interval '1 s'`,
  ),
  'set session_replication_role = default',
];

/** Filled as the schema was before the lists were made quick, and migrated from there: so the migration is tried on many rows, too. */
export async function storeWithManyRows(
  postgresUrl: string,
  onStatement: (statement: Pick<CompiledQuery, 'sql' | 'parameters'>) => void,
): Promise<{ store: Store } & AsyncDisposable> {
  const database = await createTestDatabase(postgresUrl);
  const store = await openStore({ url: database.url, log: silentLogger, maxConnections: 1, onStatement });
  await sql`drop schema public cascade; create schema public`.execute(store.db);
  const migrations = await readMigrations();
  const before = migrations.findIndex(({ name }) => name === 'quick-lists');
  await migrate(store, { migrations: migrations.slice(0, before) });
  await sql`set statement_timeout = 0`.execute(store.db);
  for (const statement of statements) await sql.raw(statement).execute(store.db);
  await migrate(store, { migrations });
  await sql`vacuum analyze`.execute(store.db);
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
