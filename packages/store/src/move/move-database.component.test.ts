import { type Logger, silentLogger } from '@zhiyun/kernel';
import { createTestDatabase, createTestStore, type TestStore } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import { recordEvent } from '../event/event-rows.ts';
import { acquireLease } from '../lease.ts';
import { migrate } from '../migrate.ts';
import { openStore, type Store } from '../open-store.ts';
import { moveDatabase } from './move-database.ts';

const log: Logger = silentLogger;

async function emptyDatabase() {
  const database = await createTestDatabase(inject('postgresUrl'));
  const store = await openStore({ url: database.url, log, maxConnections: 2 });
  await sql`drop schema public cascade`.execute(store.db);
  await sql`create schema public`.execute(store.db);
  await sql`grant usage on schema public to public`.execute(store.db);
  return {
    url: database.url,
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function filled(): Promise<TestStore> {
  const source = await createTestStore();
  await acquireLease(source.store, 'somebody', 'a', 60_000);
  for (let n = 0; n < 50; n++) await source.store.tx((tx) => recordEvent(tx, eventNumber(n)));
  return source;
}

const eventNumber = (n: number) => ({
  kind: 'node.changed' as const,
  severity: 'info' as const,
  subject: { kind: 'node' as const, id: `id-${n}`, name: `tab\t, quote ', 中文 ${n}` },
  data: { n, text: 'back\\slash\n' },
  actor: null,
});

async function relationCount(store: Store): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from pg_class
    where relnamespace = to_regnamespace('public')`.execute(store.db);
  return rows[0]?.n ?? -1;
}

test('everything arrives, and goes on where it stood', async () => {
  await using source = await filled();
  await using target = await emptyDatabase();
  const told: string[] = [];
  const moved = await moveDatabase({
    from: source,
    to: target,
    log,
    progress: (line) => told.push(line),
  });
  expect(moved.tables).toBeGreaterThan(10);
  expect(moved.rows).toBeGreaterThan(50);
  expect(moved.bytes).toBeGreaterThan(1_000);
  expect(told).toHaveLength(3);

  expect(await migrate(target.store)).toEqual([]);
  const events = (store: Store) => store.db.selectFrom('event').select(['seq', 'subject_name', 'data']).execute();
  expect(await events(target.store)).toEqual(await events(source.store));
  await target.store.tx((tx) => recordEvent(tx, eventNumber(50)));
  const last = await target.store.db.selectFrom('event').select('seq').orderBy('seq', 'desc').executeTakeFirst();
  expect(last?.seq).toBe(51);
  expect(await acquireLease(target.store, 'somebody', 'b', 1_000), 'leases move along').toBeUndefined();

  await moved.undo();
  expect(await relationCount(target.store)).toBe(0);
  // Nothing is left of the functions either, which a second move would stumble over.
  expect((await moveDatabase({ from: source, to: target, log })).tables).toBe(moved.tables);
});

test('a change that the copy has missed ends the move, and the target stays empty', async () => {
  await using source = await filled();
  await using target = await emptyDatabase();
  const change = () => sql`update lease set holder = 'c'`.execute(source.store.db).then(() => {});
  const moving = moveDatabase({ from: source, to: target, log, hooks: { copied: change } });
  await expect(moving).rejects.toMatchObject({
    code: 'wrong-state',
    message: expect.stringContaining('public.lease has other contents'),
  });
  expect(await relationCount(target.store)).toBe(0);
});

test('one that is called off leaves nothing', async () => {
  await using source = await filled();
  await using target = await emptyDatabase();
  const off = new AbortController();
  const moving = moveDatabase({
    from: source,
    to: target,
    log,
    signal: off.signal,
    hooks: { copied: async () => off.abort(new Error('called off')) },
  });
  await expect(moving).rejects.toThrow('called off');
  expect(await relationCount(target.store)).toBe(0);
});

test('a target is refused that is not empty, lets us create nothing, or is not there', async () => {
  await using source = await filled();
  await using target = await emptyDatabase();
  const move = (url: string) => moveDatabase({ from: source, to: { url }, log });
  await sql`create table stranger (n integer)`.execute(target.store.db);
  await expect(move(target.url)).rejects.toMatchObject({
    code: 'wrong-state',
    message: expect.stringContaining('holds stranger'),
  });
  await sql`drop table stranger`.execute(target.store.db);

  const account = `guest_${process.pid}`;
  await sql.raw(`create role ${account} login`).execute(target.store.db);
  try {
    const asGuest = target.url.replace('zhiyun@', `${account}@`);
    await expect(move(asGuest)).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining(`grant create on schema public to "${account}"`),
    });
  } finally {
    await sql.raw(`drop role ${account}`).execute(target.store.db);
  }
  await expect(move('postgresql://zhiyun@127.0.0.1:1/zhiyun')).rejects.toMatchObject({ code: 'database-unavailable' });
  await expect(move(target.url.replace(/\/test_\w+/, '/absent'))).rejects.toThrow(/"absent" does not exist/);
});
