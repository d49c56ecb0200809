/** Several servers, of which one is the primary: found, lost, found elsewhere. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@zhiyun/kernel';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore, type Store } from '../open-store.ts';
import { startPrivatePostgres } from '../postgres/start-private-postgres.ts';
import { CommitUnknown } from './database-errors.ts';

const fast = { fsync: 'off', shared_buffers: '16MB', autovacuum: 'off' };

async function startServer() {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-test-primary-'));
  const server = await startPrivatePostgres({ directory, log: silentLogger, settings: fast });
  const store = await openStore({ url: server.url, log: silentLogger, maxConnections: 1 });
  const socket = new URL(server.url).searchParams.get('host') ?? '';
  return {
    store,
    socket,
    async demote() {
      await sql`alter system set default_transaction_read_only = on`.execute(store.db);
      await sql`select pg_reload_conf()`.execute(store.db);
    },
    async promote() {
      await sql`set default_transaction_read_only = off`.execute(store.db);
      await sql`alter system reset default_transaction_read_only`.execute(store.db);
      await sql`select pg_reload_conf()`.execute(store.db);
      await waitFor(async () => (await one(store, sql`select current_setting('transaction_read_only')`)) === 'off');
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const urlOf = (...sockets: string[]) => `postgresql://zhiyun@localhost/zhiyun?host=${sockets.join(',')}`;

async function one(store: Store, query: ReturnType<typeof sql>): Promise<unknown> {
  const { rows } = await query.execute(store.db);
  return Object.values(rows[0] ?? {})[0];
}

test('the primary is found among several, and found again when it is another', async () => {
  await using a = await startServer();
  await using b = await startServer();
  for (const { store } of [a, b]) await sql`create table mark (n integer)`.execute(store.db);
  await a.demote();
  const url = urlOf('/nowhere', a.socket, b.socket);
  const told: string[] = [];
  const tell = (_facts: object, message: string) => told.push(message);
  const log = { ...silentLogger, info: tell, warn: tell, error: tell };
  await using store = Object.assign(await openStore({ url, log }), { [Symbol.asyncDispose]: () => store.close() });
  let reconnects = 0;
  const heard: string[] = [];
  await using _listening = await store.listen(
    'bell',
    (payload) => heard.push(payload),
    () => reconnects++,
  );
  const mark = (n: number) => store.tx((tx) => sql`insert into mark values (${n})`.execute(tx));
  await mark(1);
  expect(await one(b.store, sql`select sum(n) from mark`)).toBe(1);

  // The connections stay open: only their transactions are read-only from now on.
  await b.demote();
  await a.promote();
  // A connection on which that is met for the first time has kept nothing: the statement is sent to the other server.
  await store.single((db) => sql`insert into mark values (2)`.execute(db));
  expect(await one(a.store, sql`select sum(n) from mark`)).toBe(2);
  expect(await one(b.store, sql`select sum(n) from mark`)).toBe(1);
  await waitFor(() => reconnects === 2, { describe: 'the listener to leave the former primary' });
  await sql`select pg_notify('bell', 'new')`.execute(a.store.db);
  await waitFor(() => heard.includes('new'));

  told.length = 0;
  await a.demote();
  const refused = await openStore({ url, log: silentLogger }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'database-unavailable' });
  expect(String(refused)).toContain('/nowhere refused the connection');
  expect(String(refused)).toContain(`${a.socket} accepts no writes`);
  expect(String(refused)).toContain(`${b.socket} accepts no writes`);

  // However much fails meanwhile, its loss is told once, and its return.
  for (let i = 0; i < 3; i++) {
    const written = sql`insert into mark values (3)`.execute(store.db);
    await expect(written).rejects.toMatchObject({ code: 'database-unavailable' });
  }
  await a.promote();
  await waitFor(() => mark(3).then(() => true));
  expect(told).toEqual([expect.stringContaining('cannot be reached'), expect.stringContaining('answers again')]);
});

test('a transaction that was interrupted before its commit is run again', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await sql`create table mark (n integer)`.execute(store.db);
  let runs = 0;
  await store.tx(async (tx) => {
    await sql`insert into mark values (1)`.execute(tx);
    if (++runs === 1) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
  });
  expect(runs).toBe(2);
  expect(await one(store, sql`select count(*) from mark`)).toBe(1);
});

test('a commit whose answer was lost is told as such, and not repeated', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await sql`create table mark (n integer)`.execute(store.db);
  await sql`create function die() returns trigger language plpgsql
    as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(store.db);
  await sql`create constraint trigger at_commit after insert on mark deferrable initially deferred
    for each row execute function die()`.execute(store.db);
  let runs = 0;
  const lost = store.tx(async (tx) => {
    runs++;
    await sql`insert into mark values (1)`.execute(tx);
  });
  await expect(lost).rejects.toBeInstanceOf(CommitUnknown);
  await expect(lost).rejects.toMatchObject({ code: 'database-unavailable' });
  expect(runs).toBe(1);
});

test('a single statement is known to be kept or not; once it was sent, its loss is told', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await sql`create table mark (n integer primary key)`.execute(store.db);
  expect((await store.single((db) => sql`insert into mark values (1) returning n`.execute(db))).rows).toEqual([
    { n: 1 },
  ]);
  await expect(store.single((db) => sql`insert into mark values (1)`.execute(db))).rejects.toMatchObject({
    code: '23505',
  });
  let runs = 0;
  const lost = store.single((db) => {
    runs++;
    return sql`with made as (insert into mark values (2)) select pg_terminate_backend(pg_backend_pid())`.execute(db);
  });
  await expect(lost).rejects.toBeInstanceOf(CommitUnknown);
  expect(runs).toBe(1);
  expect(await one(store, sql`select count(*) from mark`)).toBe(1);
});

test('a server that vanishes without a word is noticed, and a statement that takes long is left alone', async () => {
  await using far = await openFarStore();
  const { line, store } = far;
  await expect(one(store, sql`select 'slept' from pg_sleep(5)`)).resolves.toBe('slept');
  line.freeze();
  const startedMs = performance.now();
  await expect(one(store, sql`select 1`)).rejects.toMatchObject({ code: 'database-unavailable' });
  expect(performance.now() - startedMs).toBeLessThan(30_000);
});

test('a connection that alone is dead is cut, though its server is well: its own address may be no more', async () => {
  await using far = await openFarStore();
  const { line, store } = far;
  await one(store, sql`select 1`);
  line.freeze({ newPass: true });
  await expect(one(store, sql`select 1`)).rejects.toMatchObject({ code: 'database-unavailable' });
  await expect(one(store, sql`select 'well'`)).resolves.toBe('well');
});

/** A database, and a store that is connected to it by a line. */
async function openFarStore() {
  const ends = new AsyncDisposableStack();
  const { url } = ends.use(await createTestStore());
  const { searchParams, pathname } = new URL(url);
  const line = ends.use(await startLine(join(searchParams.get('host') ?? '', '.s.PGSQL.5432')));
  const store = await openStore({ url: `postgresql://zhiyun@127.0.0.1:${line.port}${pathname}`, log: silentLogger });
  ends.defer(() => store.close());
  return { line, store, [Symbol.asyncDispose]: () => ends.disposeAsync() };
}

/** A way to the server that can be cut like a pulled cable: nothing passes, nothing is closed. */
async function startLine(socketPath: string) {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer({ pauseOnConnect: true }, (near) => {
    sockets.add(near);
    near.on('error', () => {});
    if (frozen) return;
    const far = connect(socketPath);
    sockets.add(far);
    far.on('error', () => {});
    near.pipe(far).pipe(near);
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    /** Those that are open; and, unless they are let through, all that come. */
    freeze({ newPass = false } = {}) {
      frozen = !newPass;
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
