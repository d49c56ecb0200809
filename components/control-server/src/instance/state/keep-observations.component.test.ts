/** What a node reports of an instance while an operation works on it. */
import { type InstanceId, type InstanceState, MiB, type NodeId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { createTestStore, type TestStore, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveNodes } from '../../node/node-store.ts';
import { testFacts } from '../../node/test-node.ts';
import { keepObservation } from './keep-observations.ts';
import type { Observation } from './observation.ts';

const nodeId = newId<NodeId>();
let database: TestStore;
beforeEach(async () => {
  database = await createTestStore();
  const seen = { id: nodeId, name: 'node', address: 'memory' };
  await database.store.tx((tx) => saveNodes(tx, [{ seen, facts: testFacts }]));
});
afterEach(() => database[Symbol.asyncDispose]());

/** Last heard of with sequence 5, as stopped. */
async function addInstance(state: InstanceState): Promise<InstanceId> {
  const id = newId<InstanceId>();
  await sql`
    insert into instance (id, name, compute_pool_id, node_id, state, state_since, generation, observed_sequence,
      observed_state, cores, memory_bytes, mac_address, created_at)
    values (${id}, ${id}, (select id from compute_pool), ${nodeId}, ${state}, now(), 4, 5, 'stopped', 1, ${MiB}, ${id},
      now())`.execute(database.store.db);
  return id;
}
const observation = (id: InstanceId, more: Partial<Observation> = {}): Observation => ({
  ...{ id, observed_generation: 5, observed_sequence: 6, observed_state: 'running' },
  ...{ observed_stop_reason: null, observed_stop_detail: null, observed_run: null, address: '10.0.0.2' },
  ...more,
});
const keep = (seen: Observation, by = nodeId) => keepObservation(database.store, by, seen);
async function kept(id: InstanceId) {
  const columns = ['state', 'observed_state', 'observed_sequence', 'observed_generation', 'address'] as const;
  return database.store.db.selectFrom('instance').select(columns).where('id', '=', id).executeTakeFirstOrThrow();
}

test('is kept, and not shown', async () => {
  const id = await addInstance('starting');
  expect(await keep(observation(id))).toBe(true);
  expect(await kept(id)).toEqual({
    state: 'starting',
    ...{ observed_state: 'running', observed_sequence: 6, observed_generation: 5, address: '10.0.0.2' },
  });
});

test('an older report, or the same again, is done with and changes nothing', async () => {
  const id = await addInstance('starting');
  const before = await kept(id);
  for (const observed_sequence of [4, 5]) expect(await keep(observation(id, { observed_sequence }))).toBe(true);
  expect(await kept(id)).toEqual(before);
});

test('what there is more to do for is left alone: it is not being worked on, is lost, is unknown, or is another node’s', async () => {
  const [settled, lost, unknown, foreign] = [
    await addInstance('stopped'),
    await addInstance('starting'),
    await addInstance('unknown'),
    await addInstance('starting'),
  ];
  const other = newId<NodeId>();
  const before = await Promise.all([settled, lost, unknown, foreign].map(kept));
  expect(
    await Promise.all([
      keep(observation(settled)),
      keep(observation(lost, { observed_state: 'missing' })),
      keep(observation(unknown, { observed_sequence: 5 })),
      keep(observation(foreign), other),
      keep(observation(newId<InstanceId>())),
    ]),
  ).toEqual([false, false, false, false, false]);
  expect(await Promise.all([settled, lost, unknown, foreign].map(kept))).toEqual(before);
});

test('of many that are heard at once each has its own answer, and of one instance the newest is kept', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, () => addInstance('creating')));
  const settled = await addInstance('stopped');
  const answers = await Promise.all(
    [...ids, settled].flatMap((id) => [
      keep(observation(id, { observed_sequence: 8, address: 'newest' })),
      keep(observation(id, { observed_sequence: 7, address: 'older' })),
    ]),
  );
  expect(answers).toEqual([...ids.flatMap(() => [true, true]), false, false]);
  for (const id of ids) expect(await kept(id)).toMatchObject({ observed_sequence: 8, address: 'newest' });
});

test('one that waits for the end of the operation, which says the same, is done with', async () => {
  const { store } = database;
  const id = await addInstance('starting');
  const ending = Promise.withResolvers<void>();
  const ended = store.tx(async (tx) => {
    await sql`update instance set state = 'running', observed_sequence = 6, observed_state = 'running' where id = ${id}`.execute(
      tx,
    );
    await ending.promise;
  });
  const keeping = keep(observation(id));
  await waitFor(
    async () =>
      (
        await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          store.db,
        )
      ).rows.length > 0,
    { describe: 'the report to wait for the row' },
  );
  ending.resolve();
  await ended;
  expect(await keeping).toBe(true);
});
