/** Releases that are not the same on one database. */
import { silentLogger } from '@zhiyun/kernel';
import { createTestStore } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Migration, migrate, readMigrations } from './migrate.ts';

const later = (kind: Migration['kind'], number: number): Migration => ({
  number,
  name: `later-${number}`,
  text: `create table later_${number} (n integer)`,
  checksum: String(number),
  kind,
});

test('where only expansions came since, an older release goes on, and says so in its log', async () => {
  await using database = await createTestStore();
  const present = await readMigrations();
  const newest = [...present, later('expand', 9001)];
  expect(await migrate(database.store, { migrations: newest, release: '9.1.0' })).toEqual(['later-9001']);
  const warned: unknown[] = [];
  const log = { ...silentLogger, warn: (fields: object) => void warned.push(fields) };
  expect(await migrate(database.store, { release: '0.2.0', log })).toEqual([]);
  expect(warned).toEqual([{ migrations: ['9001 later-9001'] }]);
});

test('after a contraction it is told which release to run, and nothing is touched', async () => {
  await using database = await createTestStore();
  const present = await readMigrations();
  const newest = [...present, later('contract', 9001), later('expand', 9002)];
  await migrate(database.store, { migrations: newest, release: '9.2.0' });
  await expect(migrate(database.store, { release: '0.2.0' })).rejects.toMatchObject({
    code: 'newer-version',
    message: expect.stringMatching(
      /release 9\.2\.0 .*9001, later-9001.* release 0\.2\.0 on this server .*Bring this server to release 9\.2\.0/,
    ),
  });
});

test('a database of the first release, which notes neither kind nor release, is brought up to date', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await sql`drop schema public cascade; create schema public`.execute(store.db);
  const all = await readMigrations();
  await migrate(store, { migrations: all.filter(({ number }) => number <= 8) });
  await sql`alter table migration drop column kind, drop column release`.execute(store.db);
  const names = await migrate(store, { release: '0.2.0' });
  expect(names).toEqual(all.filter(({ number }) => number > 8).map(({ name }) => name));
  expect(await migrate(store)).toEqual([]);
});

test('a migration that was changed after it had been applied is refused', async () => {
  await using database = await createTestStore();
  const [one, ...others] = await readMigrations();
  if (!one) throw new Error('there is none');
  const changed = [{ ...one, checksum: 'another' }, ...others];
  await expect(migrate(database.store, { migrations: changed })).rejects.toThrow('was changed after');
});
