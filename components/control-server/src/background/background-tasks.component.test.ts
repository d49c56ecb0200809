import type { InstanceId, OperationId, OperationState } from '@zhiyun/contracts';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { createTestStore, type TestStore, type VirtualClock, virtualClock, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pruneHistory } from '../operation/prune-history.ts';
import { type BackgroundTask, BackgroundTasks } from './background-tasks.ts';

let test: TestStore;
let clock: VirtualClock;
beforeEach(async () => {
  test = await createTestStore();
  clock = virtualClock();
});
afterEach(() => test[Symbol.asyncDispose]());

function counting(): {
  task: BackgroundTask;
  seen: { runs: number; atOnce: number; fail: boolean; gate: Promise<void> };
} {
  const seen = { runs: 0, atOnce: 0, fail: false, gate: Promise.resolve() };
  let working = 0;
  const task: BackgroundTask = {
    name: 'count',
    periodMs: 1_000,
    async run() {
      seen.runs++;
      seen.atOnce = Math.max(seen.atOnce, ++working);
      await seen.gate;
      working--;
      if (seen.fail) throw new Error('not this time');
      return { runs: seen.runs };
    },
  };
  return { task, seen };
}
const tasksOf = (holder: string, task: BackgroundTask) =>
  new BackgroundTasks([task], { store: test.store, clock, log: silentLogger, holder });

it('a task runs on its period and on a signal, once more when it is signalled while it runs', async () => {
  const { task, seen } = counting();
  const tasks = tasksOf('one', task);
  tasks.start();
  await waitFor(() => seen.runs === 1);
  // Time passes only for as long as it has not run again: it must not run a third time meanwhile.
  await waitFor(async () => {
    if (seen.runs === 2) return true;
    await clock.advance(1_100);
    return false;
  });
  const gate = Promise.withResolvers<void>();
  seen.gate = gate.promise;
  await waitFor(async () => {
    tasks.signal('count');
    await clock.settle();
    return seen.runs === 3;
  });
  tasks.signal('count');
  gate.resolve();
  await waitFor(() => seen.runs === 4);
  expect(seen.atOnce).toBe(1);
  await tasks.stop();
  expect(tasks.status()).toMatchObject([{ name: 'count', mine: true, lastResult: { runs: 4 }, lastError: null }]);
});

it('a task that fails says so and is tried again', async () => {
  const { task, seen } = counting();
  seen.fail = true;
  const tasks = tasksOf('one', task);
  tasks.start();
  await waitFor(() => tasks.status()[0]?.lastError?.code === 'internal');
  seen.fail = false;
  tasks.signal('count');
  await waitFor(() => tasks.status()[0]?.lastError === null);
  await tasks.stop();
});

it('of two Control Servers one runs it, and the other when the first has stopped', async () => {
  const [first, second] = [counting(), counting()];
  const one = tasksOf('one', first.task);
  const two = tasksOf('two', second.task);
  one.start();
  await waitFor(() => first.seen.runs > 0);
  two.start();
  await waitFor(async () => {
    await clock.advance(1_100);
    return first.seen.runs > 3;
  });
  expect(second.seen.runs).toBe(0);
  await one.stop();
  await waitFor(async () => {
    await clock.advance(1_100);
    return second.seen.runs > 0;
  });
  await two.stop();
});

it('when the one that runs it has died, another one does within 10 s', async () => {
  const [first, second] = [counting(), counting()];
  // Its time stands still: it renews nothing.
  const one = tasksOf('one', first.task);
  one.start();
  await waitFor(() => first.seen.runs > 0);
  const diedAt = performance.now();
  const options = { store: test.store, clock: systemClock, log: silentLogger, holder: 'two' };
  const two = new BackgroundTasks([second.task], options);
  two.start();
  await waitFor(() => second.seen.runs > 0);
  expect(performance.now() - diedAt).toBeLessThan(25_000);
  await two.stop();
  await one.stop();
});

it('history is kept for a month, however much there is', async () => {
  await sql`insert into event (at, kind, severity, subject_kind, subject_id, subject_name, data)
    select now() - interval '31 days', 'a.b', 'info', 'system', '1', 'x', '{}' from generate_series(1, 2500)`.execute(
    test.store.db,
  );
  await sql`insert into event (kind, severity, subject_kind, subject_id, subject_name, data)
    values ('a.new', 'info', 'system', '1', 'x', '{}')`.execute(test.store.db);
  const now = { ...clock, now: () => Date.now() };
  const signal = new AbortController().signal;
  const result = await pruneHistory({ store: test.store, clock: now }).run({ signal, log: silentLogger });
  expect(result).toEqual({ idempotencyKeys: 0, operations: 0, events: 2500, instanceMoves: 0 });
  expect(await test.store.db.selectFrom('event').select('kind').execute()).toEqual([{ kind: 'a.new' }]);
});

it('what an instance has shown is kept for 400 days, and the move that began its state for as long as that lasts', async () => {
  const [lasting, deleted] = [newId<InstanceId>(), newId<InstanceId>()];
  const move = (id: InstanceId, number: number, to: string | null, daysAgo: number) =>
    sql`
    insert into instance_state_history (instance_id, move, to_state, at, cause)
    values (${id}, ${number}, ${to}, now() - ${daysAgo} * interval '1 day', 'operation')`.execute(test.store.db);
  await move(lasting, 1, 'creating', 900);
  await move(lasting, 2, 'running', 800);
  await move(lasting, 3, 'stopped', 399);
  await move(deleted, 1, 'creating', 402);
  await move(deleted, 2, null, 401);
  const result = await pruneHistory({ store: test.store, clock: systemClock }).run({
    signal: new AbortController().signal,
    log: silentLogger,
  });
  expect(result.instanceMoves).toBe(3);
  const left = await test.store.db.selectFrom('instance_state_history').select(['instance_id', 'move']).execute();
  expect(left).toEqual([2, 3].map((number) => ({ instance_id: lasting, move: number })));
});

it('a family of operations is forgotten as a whole, and not as long as a child of it needs a person', async () => {
  const { store } = test;
  const [retriedLately, childIsStuck, over] = [newId<OperationId>(), newId<OperationId>(), newId<OperationId>()];
  const insert = async (id: OperationId, state: OperationState, daysAgo: number | null, parent: OperationId | null) => {
    await sql`
      insert into operation (id, kind, state, target_kind, target_id, target_name, params, memory, steps, cursor, runner, epoch,
        parent, ended_at)
      values (${id}, 'test', ${state}, 'instance', ${id}, 'web', '{}', '{}', '[]', 0, 'one', 1, ${parent},
        now() - ${daysAgo}::integer * interval '1 day')`.execute(store.db);
    return id;
  };
  await insert(retriedLately, 'failed', 1, null);
  const kept = [retriedLately, await insert(newId(), 'succeeded', 40, retriedLately)];
  await insert(childIsStuck, 'failed', 40, null);
  kept.push(childIsStuck, await insert(newId(), 'stuck', null, childIsStuck));
  await insert(over, 'succeeded', 40, null);
  await insert(newId(), 'succeeded', 40, over);
  await pruneHistory({ store, clock: systemClock }).run({ signal: new AbortController().signal, log: silentLogger });
  const left = await store.db.selectFrom('operation').select('id').execute();
  expect(left.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
});
