import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { silentLogger } from '@zhiyun/kernel';
import { skippable, unmet, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { openStore } from '../open-store.ts';
import { isPostmaster } from './postmaster-pid.ts';
import { type PrivatePostgres, startPrivatePostgres } from './start-private-postgres.ts';

const directories: string[] = [];
const servers: PrivatePostgres[] = [];

async function freshDirectory(name = 'database'): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'zhiyun-private-'));
  directories.push(parent);
  // The database runs as another account, which must be able to pass.
  await chmod(parent, 0o755);
  return join(parent, name);
}

async function start(directory: string): Promise<PrivatePostgres> {
  const server = await startPrivatePostgres({ directory, log: silentLogger });
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function query<T>(url: string, text: string): Promise<T[]> {
  const store = await openStore({ url, log: silentLogger });
  try {
    return (await sql.raw<T>(text).execute(store.db)).rows;
  } finally {
    await store.close();
  }
}

async function postmasterPid(directory: string): Promise<number> {
  return Number.parseInt(await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8'), 10);
}

test('it outlives the process that started it, is adopted, and keeps what was acknowledged', async () => {
  const directory = await freshDirectory();
  const module = new URL('./start-private-postgres.ts', import.meta.url).href;
  const script = `
    const { startPrivatePostgres } = await import(${JSON.stringify(module)});
    const log = { info() {}, warn() {}, error() {}, debug() {}, child() { return log; } };
    await startPrivatePostgres({ directory: ${JSON.stringify(directory)}, log });
    process.kill(process.pid, 'SIGKILL');`;
  await expect(promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])).rejects.toMatchObject({
    signal: 'SIGKILL',
  });

  const adopted = await start(directory);
  expect(adopted.adopted).toBe(true);
  await query(adopted.url, 'create table kept as select 42 as answer');
  await adopted.stop();
  expect(await isPostmaster(await postmasterPid(directory).catch(() => 0), join(directory, 'data'))).toBe(false);

  const again = await start(directory);
  expect(again.adopted).toBe(false);
  expect(await query(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

const noNamespace = unmet({ rootFor: 'a pid namespace', programs: ['unshare'] });
test.skipIf(noNamespace)(
  skippable('where process 1 does not reap, a dead server is dead all the same, and starts again', noNamespace),
  async () => {
    const directory = await freshDirectory();
    const module = new URL('./start-private-postgres.ts', import.meta.url).href;
    // Node reaps its own children and no others: as process 1 it leaves those that it inherits.
    const begin = `
      const { startPrivatePostgres } = await import(${JSON.stringify(module)});
      const { readFileSync } = await import('node:fs');
      const log = { info() {}, warn() {}, error() {}, debug() {}, child() { return log; } };
      const start = () => startPrivatePostgres({ directory: ${JSON.stringify(directory)}, log });`;
    const first = `${begin} await start(); process.exit();`;
    const second = `${begin}
      const pid = parseInt(readFileSync(${JSON.stringify(join(directory, 'data', 'postmaster.pid'))}, 'utf8'));
      process.kill(pid, 'SIGKILL');
      const state = () => readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1][0];
      while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 20));
      const server = await start();
      console.log(state(), server.adopted, await server.isRunning());
      await server.stop();`;
    const inside = ['--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c'];
    const script = '"$0" --input-type=module -e "$1" && exec "$0" --input-type=module -e "$2"';
    const { stdout } = await promisify(execFile)('unshare', [...inside, script, process.execPath, first, second]);
    expect(stdout).toBe('Z false true\n');
  },
);

test('after kill -9 of the server itself it starts again by itself, with what was acknowledged', async () => {
  const directory = await freshDirectory();
  const first = await start(directory);
  await query(first.url, 'create table kept as select 42 as answer');
  const pid = await postmasterPid(directory);
  process.kill(pid, 'SIGKILL');
  await waitFor(async () => !(await isPostmaster(pid, join(directory, 'data'))));
  const second = await start(directory);
  expect(second.adopted).toBe(false);
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('it is durable, has no port, and only its account may look in; also below a path too long for a socket', async () => {
  const directory = await freshDirectory('long-'.repeat(20));
  const server = await start(directory);
  const rows = await query<{ name: string; setting: string }>(
    server.url,
    `select name, setting from pg_settings where name in
      ('data_checksums', 'fsync', 'full_page_writes', 'listen_addresses', 'server_encoding', 'lc_collate', 'synchronous_commit')
      order by name`,
  );
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toMatchObject({
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
    synchronous_commit: 'on',
  });
  const socketDirectory = new URL(server.url).searchParams.get('host') ?? '';
  expect(Buffer.byteLength(join(socketDirectory, '.s.PGSQL.5432'))).toBeLessThanOrEqual(107);
  for (const path of [directory, socketDirectory, join(directory, 'data')])
    expect((await stat(path)).mode & 0o077, path).toBe(0);
  directories.push(socketDirectory);
});

test('a directory that the account cannot reach is named, with the mend', async (context) => {
  if (process.getuid?.() !== 0) context.skip('only root runs the database as another account');
  const parent = await mkdtemp(join(tmpdir(), 'zhiyun-private-'));
  directories.push(parent);
  await expect(start(join(parent, 'database'))).rejects.toMatchObject({
    code: 'database-unavailable',
    message: expect.stringContaining(`chmod o+x ${parent}`),
  });
});
