import { createTestStore, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { expect, test } from 'vitest';

test('a lost connection is told as database-unavailable, and the next query works', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const interrupted = sql`select pg_terminate_backend(pg_backend_pid())`.execute(store.db);
  await expect(interrupted).rejects.toMatchObject({ code: 'database-unavailable' });
  const { rows } = await sql<{ one: number }>`select 1 as one`.execute(store.db);
  expect(rows).toEqual([{ one: 1 }]);
});

test('bigint arrives as a number, jsonb as objects, arrays as jsonb', async () => {
  await using database = await createTestStore();
  const { rows } = await sql`select 12345678901::int8 as big, 1.5::numeric as part, ${{ a: [1] }}::jsonb as object,
    ${[]}::jsonb as empty, ${[{ b: 2 }]}::jsonb as list`.execute(database.store.db);
  expect(rows).toEqual([{ big: 12345678901, part: 1.5, object: { a: [1] }, empty: [], list: [{ b: 2 }] }]);
});

test('a deadlock is resolved by running the transaction again', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await sql`create table pair as select id, 0 as n from generate_series(1, 2) as id`.execute(store.db);
  let runs = 0;
  const locked = Promise.withResolvers<void>();
  let waiting = 2;
  const cross = (first: number, second: number) =>
    store.tx(async (tx) => {
      runs++;
      await sql`update pair set n = n + 1 where id = ${first}`.execute(tx);
      if (--waiting === 0) locked.resolve();
      await locked.promise;
      await sql`update pair set n = n + 1 where id = ${second}`.execute(tx);
    });
  await Promise.all([cross(1, 2), cross(2, 1)]);
  const { rows } = await sql`select n from pair order by id`.execute(store.db);
  expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
  expect(runs).toBe(3);
});

test('notifications come again after the connection was lost', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const heard: string[] = [];
  let connections = 0;
  await using _listening = await store.listen(
    'doorbell',
    (payload) => heard.push(payload),
    () => connections++,
  );
  await sql`select pg_notify('doorbell', 'one')`.execute(store.db);
  await waitFor(() => heard.includes('one'));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(store.db);
  await waitFor(() => connections === 2, { describe: 'the second connection' });
  await sql`select pg_notify('doorbell', 'two')`.execute(store.db);
  await waitFor(() => heard.includes('two'));
});
