import type { Target, UserId } from '@zhiyun/contracts';
import { newId, PlatformError, silentLogger } from '@zhiyun/kernel';
import { CommitUnknown, listEvents, type Store, type Tx } from '@zhiyun/store';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createTransactionEngine, type Engine, type EngineOptions } from './engine.ts';
import { Gate, newScript, scriptedTransaction } from './testing/scripted-transaction.ts';
import type { AnyTransactionDefinition } from './types.ts';

const web: Target = { kind: 'instance', id: 'i-1', name: 'web-1' };
const request = { params: {}, target: web, createdBy: null };
const twoSteps = [{ name: 'first' }, { name: 'second' }];

async function startEngine(
  store: Store,
  options: Partial<EngineOptions> & Pick<EngineOptions, 'definitions'>,
): Promise<Engine & AsyncDisposable> {
  const engine = createTransactionEngine({
    store,
    runner: { id: 'one', scanMs: 20 },
    log: silentLogger,
    undoAttempts: 2,
    ...options,
  });
  await engine.start();
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.stop(0) });
}

test('a busy target is refused, saying what is being done to it and by which operation', async () => {
  await using database = await createTestStore();
  const gate = new Gate();
  const script = newScript({ first: gate.pass });
  await using engine = await startEngine(database.store, { definitions: [scriptedTransaction(script, twoSteps)] });
  const { id } = await engine.begin('instance.stop', request);
  await expect(engine.begin('instance.stop', request)).rejects.toMatchObject({
    code: 'target-busy',
    message: `instance web-1 is being stopped by operation ${id}; wait until that has ended.`,
  });
  gate.open();
  expect((await engine.waitFor(id, 30_000)).state).toBe('succeeded');
  const again = await engine.begin('instance.stop', request);
  expect((await engine.waitFor(again.id, 30_000)).state).toBe('succeeded');
});

test('the same Idempotency-Key answers the same operation; with another request it is refused', async () => {
  await using database = await createTestStore();
  const script = newScript();
  await using engine = await startEngine(database.store, { definitions: [scriptedTransaction(script, twoSteps)] });
  const createdBy = { id: newId<UserId>(), username: 'admin' };
  const keyed = { ...request, createdBy, idempotencyKey: 'k', requestHash: 'h' };
  const answers = await Promise.all([engine.begin('instance.stop', keyed), engine.begin('instance.stop', keyed)]);
  expect(answers[0]?.id).toBe(answers[1]?.id);
  await engine.waitFor(answers[0].id, 30_000);
  expect((await engine.begin('instance.stop', keyed)).id).toBe(answers[0].id);
  expect(script.ran).toEqual(['first', 'second']);
  const other = { ...keyed, requestHash: 'other' };
  await expect(engine.begin('instance.stop', other)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
});

test('what `within` writes exists exactly when the operation does', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await using engine = await startEngine(store, { definitions: [scriptedTransaction(newScript(), twoSteps)] });
  const within = async () => {
    throw new PlatformError('name-taken', 'The name is in use.');
  };
  await expect(engine.begin('instance.stop', { ...request, within })).rejects.toMatchObject({ code: 'name-taken' });
  expect((await engine.list({ limit: 10 })).items).toEqual([]);
  expect((await listEvents(store, { reader: undefined, limit: 10 })).items).toEqual([]);
});

test('a cancel between two actions undoes what was done', async () => {
  await using database = await createTestStore();
  const gate = new Gate();
  const script = newScript({ first: gate.pass });
  await using engine = await startEngine(database.store, { definitions: [scriptedTransaction(script, twoSteps)] });
  const { id } = await engine.begin('instance.stop', request);
  await gate.reached;
  expect(await engine.cancel(id)).toMatchObject({ cancelRequested: true, cancellable: false });
  gate.open();
  expect((await engine.waitFor(id, 30_000)).state).toBe('cancelled');
  expect(script.ran).toEqual(['first', 'undo first']);
});

test('a cancel interrupts an action that allows it, also when it is asked for at another control server', async () => {
  await using database = await createTestStore();
  const script = newScript({ first: new Gate().pass });
  const definitions = [scriptedTransaction(script, [{ name: 'first', cancellable: true }, { name: 'second' }])];
  await using engine = await startEngine(database.store, { definitions });
  await using other = await startEngine(database.store, { definitions, runner: { id: 'two' } });
  const { id } = await engine.begin('instance.stop', request);
  await other.cancel(id);
  expect(await engine.waitFor(id, 30_000)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
  expect(script.ran).toEqual(['first', 'undo first']);
});

test('after the point of no return, and after the end, a cancel is refused', async () => {
  await using database = await createTestStore();
  const gate = new Gate();
  const script = newScript({ second: gate.pass });
  const actions = [{ name: 'first' }, { name: 'second', cancellable: true, pointOfNoReturn: true }, { name: 'third' }];
  await using engine = await startEngine(database.store, { definitions: [scriptedTransaction(script, actions)] });
  const { id } = await engine.begin('instance.stop', request);
  await gate.reached;
  await waitFor(async () => !(await engine.get(id)).cancellable);
  await expect(engine.cancel(id)).rejects.toMatchObject({ code: 'not-cancellable' });
  gate.open();
  expect((await engine.waitFor(id, 30_000)).state).toBe('succeeded');
  await expect(engine.cancel(id)).rejects.toMatchObject({ code: 'not-cancellable' });
});

test('an undo that fails is tried again, then the operation is stuck and holds its target until a retry', async () => {
  await using database = await createTestStore();
  const { store } = database;
  let broken = true;
  const script = newScript({
    second: async () => {
      throw new PlatformError('node-fault', 'The disk is on fire.');
    },
    'undo first': async () => {
      if (broken) throw new PlatformError('node-unreachable', 'Node n-1 does not answer.');
    },
  });
  await using engine = await startEngine(store, { definitions: [scriptedTransaction(script, twoSteps)] });
  const { id } = await engine.begin('instance.stop', request);
  const stuck = await engine.waitFor(id, 30_000);
  expect(stuck).toMatchObject({ state: 'stuck', error: { code: 'node-fault' } });
  expect(stuck.steps[0]).toMatchObject({ state: 'undo-failed', error: { detail: 'Node n-1 does not answer.' } });
  expect(script.ran).toEqual(['first', 'second', 'undo second', 'undo first', 'undo first']);
  await expect(engine.begin('instance.stop', request)).rejects.toMatchObject({ code: 'target-busy' });

  broken = false;
  await engine.retry(id);
  expect(await engine.waitFor(id, 30_000)).toMatchObject({
    state: 'failed',
    error: { detail: 'The disk is on fire.' },
  });
  await expect(engine.retry(id)).rejects.toMatchObject({ code: 'wrong-state' });
  const kinds = (await listEvents(store, { reader: undefined, limit: 10 })).items.map(({ kind }) => kind);
  expect(kinds).toEqual(['operation.failed', 'operation.stuck', 'operation.started']);
});

test('a retry in the moment in which it gets stuck is run, too', async () => {
  await using database = await createTestStore();
  let broken = true;
  const script = newScript({
    second: async () => {
      throw new PlatformError('node-fault', 'The disk is on fire.');
    },
    'undo first': async () => {
      if (broken) throw new PlatformError('node-unreachable', 'Node n-1 does not answer.');
    },
  });
  const { promise: known, resolve: tell } = Promise.withResolvers<void>();
  await using engine = await startEngine(database.store, {
    definitions: [scriptedTransaction(script, twoSteps)],
    // Everybody sees that it is stuck; only its run does not know yet that this is written.
    hooks: { afterWrite: ({ journal }) => (journal.state === 'stuck' ? known : undefined) },
  });
  const { id } = await engine.begin('instance.stop', request);
  expect((await engine.waitFor(id, 30_000)).state).toBe('stuck');
  broken = false;
  const retried = engine.retry(id);
  await waitFor(async () => (await engine.get(id)).state === 'undoing');
  tell();
  await retried;
  expect((await engine.waitFor(id, 10_000)).state).toBe('failed');
});

test('when the lease is lost the action is aborted, and another runner goes on from the journal', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const script = newScript({ second: new Gate().pass });
  const lost = scriptedTransaction(script, twoSteps);
  await using engine = await startEngine(store, {
    definitions: [lost],
    runner: { id: 'one', leaseRenewMs: 20, scanMs: 60_000 },
  });
  const { id } = await engine.begin('instance.stop', request);
  await waitFor(() => script.ran.includes('second'));
  // Nobody but the other takes it over: the first one's next life begins with a scan, for which it must not find the lease.
  const successor = newScript();
  await sql`update lease set holder = 'thief', epoch = epoch + 1, expires_at = now() + interval '1 hour'
    where name = 'runner/one'`.execute(store.db);
  await using other = await startEngine(store, {
    definitions: [scriptedTransaction(successor, twoSteps)],
    runner: { id: 'two', scanMs: 20 },
  });
  expect((await other.waitFor(id, 30_000)).state).toBe('succeeded');
  expect(script.ran).toEqual(['first', 'second']);
  expect(successor.ran).toEqual(['second']);
});

test('a runner that was overtaken without knowing it writes nothing and begins nothing', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const gate = new Gate();
  const script = newScript({ first: gate.pass });
  const settled: string[] = [];
  await using engine = await startEngine(store, {
    definitions: [scriptedTransaction(script, twoSteps)],
    hooks: { afterWrite: ({ journal }) => void settled.push(journal.state) },
  });
  const { id } = await engine.begin('instance.stop', request);
  await gate.reached;
  await sql`insert into lease values ('runner/two', 'two', 7, now() + interval '1 hour')`.execute(store.db);
  await sql`update operation set runner = 'two', epoch = 7 where id = ${id}`.execute(store.db);
  gate.open();
  await engine.stop();
  expect(script.ran).toEqual(['first']);
  expect(settled, 'only the beginning was written').toEqual(['running']);
  expect((await engine.get(id)).steps.map(({ state }) => state)).toEqual(['running', 'waiting']);
});

test('a restarted runner takes up its own operations at once', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const script = newScript({ second: new Gate().pass });
  const runner = { id: 'one', leaseTtlMs: 3_600_000, leaseRenewMs: 3_600_000 };
  await using engine = await startEngine(store, { definitions: [scriptedTransaction(script, twoSteps)], runner });
  const { id } = await engine.begin('instance.stop', request);
  await waitFor(() => script.ran.includes('second'));
  const successor = newScript();
  const reborn = scriptedTransaction(successor, twoSteps);
  await using next = await startEngine(store, { definitions: [reborn], runner });
  expect((await next.waitFor(id, 30_000)).state).toBe('succeeded');
  expect(successor.ran).toEqual(['second']);
});

test('stop lets the action at work finish and leaves the rest to the next runner', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const gate = new Gate();
  const script = newScript({ first: gate.pass });
  const engine = await startEngine(store, { definitions: [scriptedTransaction(script, twoSteps)] });
  const { id } = await engine.begin('instance.stop', request);
  await gate.reached;
  const stopped = engine.stop();
  await expect(engine.begin('instance.stop', request)).rejects.toMatchObject({ code: 'unavailable' });
  gate.open();
  await stopped;
  expect(script.ran).toEqual(['first']);
  const successor = newScript();
  await using next = await startEngine(store, {
    definitions: [scriptedTransaction(successor, twoSteps)],
    runner: { id: 'two' },
  });
  expect((await next.waitFor(id, 30_000)).state).toBe('succeeded');
  expect(successor.ran).toEqual(['second']);
});

test('a database that is lost before a commit delays an operation, nothing more', async () => {
  await using database = await createTestStore();
  const script = newScript();
  let lost = 0;
  const { kind, params, actions } = scriptedTransaction(script, [{ name: 'first' }]);
  const recording: AnyTransactionDefinition = {
    kind,
    params,
    actions: [
      ...actions,
      {
        name: 'record',
        write: async (tx: Tx) => {
          if (lost++ === 0) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
          return {};
        },
        noUndo: 'writes nothing',
      },
    ],
  };
  await using engine = await startEngine(database.store, { definitions: [recording] });
  const { id } = await engine.begin('instance.stop', request);
  expect((await engine.waitFor(id, 30_000)).state).toBe('succeeded');
  expect(script.ran).toEqual(['first']);
  expect(lost).toBe(2);
});

test('a commit whose answer is lost is looked up in the journal, forward and backward, and never just repeated', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await sql`create table deed (name text not null)`.execute(store.db);
  const deed = async (tx: Tx, name: string) => {
    await sql`insert into deed values (${name})`.execute(tx);
    return {};
  };
  const script = newScript({
    last: async () => {
      throw new PlatformError('node-fault', 'It does not work.');
    },
  });
  const { kind, params, actions } = scriptedTransaction(script, [{ name: 'last' }]);
  const recording: AnyTransactionDefinition = {
    kind,
    params,
    actions: [
      {
        name: 'record',
        write: (tx: Tx) => deed(tx, 'written'),
        unwrite: async (tx: Tx) => {
          await deed(tx, 'unwritten');
        },
      },
      ...actions,
    ],
  };
  const answered = new Set<string>();
  await using engine = await startEngine(store, {
    definitions: [recording],
    hooks: {
      // The answer to the first commit of each state is lost, but for that of the beginning.
      afterWrite: ({ journal }) => {
        const place = `${journal.state} ${journal.cursor}`;
        const lost = answered.size > 0 && !answered.has(place);
        answered.add(place);
        if (lost) throw new CommitUnknown(new Error('the connection broke'));
      },
    },
  });
  const { id } = await engine.begin('instance.stop', request);
  expect((await engine.waitFor(id, 30_000)).state).toBe('failed');
  const { rows } = await sql`select name from deed`.execute(store.db);
  expect(rows).toEqual([{ name: 'written' }, { name: 'unwritten' }]);
});

test('progress is seen while an action runs', async () => {
  await using database = await createTestStore();
  const gate = new Gate();
  const script = newScript({
    first: async (context) => {
      context.progress(0.5);
      await gate.pass(context);
    },
  });
  await using engine = await startEngine(database.store, { definitions: [scriptedTransaction(script, twoSteps)] });
  const { id } = await engine.begin('instance.stop', request);
  const seen = await waitFor(async () => {
    const operation = await engine.get(id);
    return operation.progress > 0 && operation;
  });
  expect(seen.progress).toBe(0.25);
  expect(seen.steps[0]?.progress).toBe(0.5);
  gate.open();
  expect((await engine.waitFor(id, 30_000)).progress).toBe(1);
});

test('lists by pages, newest first, and by filters', async () => {
  await using database = await createTestStore();
  const script = newScript({ second: new Gate().pass });
  const definitions = [
    scriptedTransaction(script, [{ name: 'first' }], 'instance.start'),
    scriptedTransaction(script, twoSteps, 'instance.stop'),
  ];
  await using engine = await startEngine(database.store, { definitions });
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const { id } = await engine.begin('instance.start', { ...request, target: { ...web, id: name, name } });
    await engine.waitFor(id, 30_000);
    ids.unshift(id);
  }
  const held = await engine.begin('instance.stop', request);
  const first = await engine.list({ limit: 2, kind: 'instance.start' });
  const second = await engine.list({ limit: 2, kind: 'instance.start', cursor: first.nextCursor ?? '' });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  expect(second.nextCursor).toBeNull();
  expect((await engine.list({ limit: 9, active: 'true' })).items.map(({ id }) => id)).toEqual([held.id]);
  expect((await engine.list({ limit: 9, target: 'b' })).items.map(({ id }) => id)).toEqual([ids[1]]);
  await expect(engine.list({ limit: 2, cursor: 'bm8' })).rejects.toMatchObject({ code: 'invalid-request' });
});
