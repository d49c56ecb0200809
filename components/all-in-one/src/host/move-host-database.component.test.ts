/** The way of the host's database to another server, and back when it fails. */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@zhiyun/kernel';
import { openStore } from '@zhiyun/store';
import { createTestDatabase, type TestDatabase } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { homePaths } from '../home-paths.ts';
import { HostDatabase } from './host-database.ts';
import { moveHostDatabase } from './move-host-database.ts';

const log = silentLogger;
let ends: AsyncDisposableStack;
let home: string;
let database: HostDatabase;
let target: TestDatabase;
/** What was done to the roles that write. */
let writers: string[];
/** Of the first start after the move. */
let failStart: (() => Promise<never>) | undefined;
beforeEach(async () => {
  ends = new AsyncDisposableStack();
  home = await mkdtemp(join(tmpdir(), 'zhiyun-move-'));
  await chmod(home, 0o711);
  ends.defer(() => rm(home, { recursive: true, force: true }));
  target = ends.use(await createTestDatabase(inject('postgresUrl')));
  const empty = await openStore({ url: target.url, log });
  await sql`drop schema public cascade; create schema public`.execute(empty.db);
  await empty.close();
  const paths = homePaths(home);
  const askUrl = () => Promise.reject(new Error('asked nobody'));
  database = ends.use(new HostDatabase({ paths, url: undefined, founded: true, askUrl, log }));
  await writeFile(paths.config, '{"listen":"127.0.0.1:9443"}');
  const { store } = await database.open('data-server');
  await sql`create table mark (n integer)`.execute(store.db);
  await sql`insert into mark values (7)`.execute(store.db);
  writers = [];
  failStart = undefined;
});
afterEach(() => ends.disposeAsync());

function move(): Promise<void> {
  return moveHostDatabase({
    paths: homePaths(home),
    database,
    to: target.url,
    stopWriters: async () => void writers.push('stop'),
    async startWriters() {
      writers.push('start');
      const fail = failStart;
      failStart = undefined;
      await fail?.();
    },
    progress: () => {},
    log,
  });
}
async function mark(): Promise<unknown> {
  const { store } = await database.open('data-server');
  return (await sql`select n from mark`.execute(store.db)).rows;
}
const config = async () => JSON.parse(await readFile(homePaths(home).config, 'utf8'));

test('it goes over, the configuration says so, and the old one is kept', async () => {
  const configured = JSON.stringify(await config());
  await writeFile(homePaths(home).config, '{');
  await expect(move()).rejects.toThrow('JSON');
  expect(writers, 'noticed before anything is stopped').toEqual([]);

  await writeFile(homePaths(home).config, configured);
  await move();
  expect(writers).toEqual(['stop', 'start']);
  expect(await config()).toEqual({ listen: '127.0.0.1:9443', database: { url: target.url } });
  expect(await database.open('data-server')).toMatchObject({ url: target.url });
  expect(await mark()).toEqual([{ n: 7 }]);
  expect(existsSync(homePaths(home).postgres)).toBe(false);
  expect((await readdir(home)).filter((name) => name.startsWith('postgres.moved-'))).toHaveLength(1);
});

test('a start that fails on the new one leads back to the old one, even when the new one is gone', async () => {
  failStart = async () => {
    await target[Symbol.asyncDispose]();
    throw new Error('no start');
  };
  await expect(move()).rejects.toThrow('no start');
  expect(writers).toEqual(['stop', 'start', 'stop', 'start']);
  expect(await config()).toEqual({ listen: '127.0.0.1:9443' });
  expect(await mark()).toEqual([{ n: 7 }]);
});
