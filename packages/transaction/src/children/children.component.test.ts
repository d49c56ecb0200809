import type { Operation, OperationId, Target } from '@zhiyun/contracts';
import { PlatformError, silentLogger } from '@zhiyun/kernel';
import { CommitUnknown, DatabaseLost, type Store } from '@zhiyun/store';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTransactionEngine, type Engine } from '../engine.ts';
import type { JournalHooks } from '../journal.ts';
import { Gate } from '../testing/scripted-transaction.ts';
import type { TransactionDefinition } from '../types.ts';

const thing = (name: string): Target => ({ kind: 'instance', id: name, name });
const whole: Target = { kind: 'system', id: 'whole', name: 'whole' };
const names = (count: number) => Array.from({ length: count }, (_, index) => `web-${index + 1}`);

/** What the children do, and what was seen of them. */
class World {
  readonly done: string[] = [];
  readonly failing = new Set<string>();
  readonly refused = new Set<string>();
  gate: Gate | undefined;
  atOnce = 4;
  atWork = 0;
  most = 0;

  child(): TransactionDefinition<{ name: string }> {
    return {
      kind: 'instance.stop',
      params: z.object({ name: z.string() }),
      actions: [
        {
          name: 'work',
          run: async (context) => {
            this.most = Math.max(this.most, ++this.atWork);
            try {
              await this.gate?.pass(context);
              await new Promise((resolve) => setTimeout(resolve, 2));
            } finally {
              this.atWork--;
            }
            const { name } = context.params;
            if (this.failing.has(name)) throw new PlatformError('node-fault', `${name} will not`);
            this.done.push(name);
            return undefined;
          },
          undo: async () => {},
        },
      ],
    };
  }

  parent(): TransactionDefinition<{ names: string[] }> {
    return {
      kind: 'component.remove',
      params: z.object({ names: z.array(z.string()) }),
      isParent: true,
      actions: [
        {
          name: 'all',
          cancellable: true,
          run: async ({ params, children }) => {
            await children({
              kind: 'instance.stop',
              atOnce: this.atOnce,
              children: params.names.map((key) => ({ key })),
              prepare: async (planned) =>
                planned.map(({ key }) =>
                  this.refused.has(key)
                    ? { target: thing(key), refused: { code: 'wrong-state', detail: `${key} cannot` } }
                    : { target: thing(key), params: { name: key } },
                ),
            });
            return undefined;
          },
          noUndo: 'each child is undone by itself',
        },
      ],
    };
  }
}

async function start(store: Store, world: World, id = 'one', hooks: JournalHooks = {}) {
  const engine = createTransactionEngine({
    store,
    definitions: [world.child(), world.parent()],
    runner: { id, scanMs: 20, leaseTtlMs: 1_000, leaseRenewMs: 100 },
    log: silentLogger,
    hooks,
  });
  await engine.start();
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.stop(0) });
}
const begin = (engine: Engine, all: string[]) =>
  engine.begin('component.remove', { params: { names: all }, target: whole, createdBy: null, childTotal: all.length });
const childrenOf = async (engine: Engine, parent: Operation) =>
  (await engine.list({ limit: 500, parent: parent.id })).items.toReversed();

test('a parent has done when all of its children have; no more than so many are at work at once', async () => {
  await using database = await createTestStore();
  const world = new World();
  await using engine = await start(database.store, world);
  const begun = await begin(engine, names(30));
  expect(begun).toMatchObject({ children: { total: 30, failed: 0 } });
  const parent = await engine.waitFor(begun.id, 30_000);
  expect(parent).toMatchObject({ state: 'succeeded', progress: 1, children: { total: 30, succeeded: 30, waiting: 0 } });
  expect(world.done.toSorted()).toEqual(names(30).toSorted());
  expect(world.most).toBe(4);
  const children = await childrenOf(engine, parent);
  expect(children.map(({ target }) => target.name)).toEqual(names(30));
  expect(children.every((child) => child.parent === parent.id && child.state === 'succeeded')).toBe(true);
  expect((await engine.list({ limit: 500, parent: 'none' })).items.map(({ id }) => id)).toEqual([parent.id]);
});

test('what fails is told with its reason, the others are done; all that failed are retried, or one alone', async () => {
  await using database = await createTestStore();
  const world = new World();
  for (const name of ['web-2', 'web-5']) world.failing.add(name);
  world.refused.add('web-4');
  await using engine = await start(database.store, world);
  const parent = await engine.waitFor((await begin(engine, names(6))).id, 30_000);
  expect(parent).toMatchObject({
    state: 'failed',
    retryable: true,
    children: { total: 6, succeeded: 3, failed: 3 },
    error: {
      code: 'partly-failed',
      detail: '3 of 6 did not succeed: web-2: web-2 will not; web-4: web-4 cannot; web-5: web-5 will not',
    },
  });
  const failed = (await childrenOf(engine, parent)).filter(({ state }) => state === 'failed');
  expect(failed.map(({ target, retryable }) => [target.name, retryable])).toEqual([
    ['web-2', true],
    ['web-4', true],
    ['web-5', true],
  ]);

  await expect(engine.retry(failed[0]?.id as OperationId, 'stuck')).rejects.toMatchObject({ code: 'wrong-state' });

  // One alone: its parent runs as long as it does, and stays failed by the others.
  world.failing.delete('web-2');
  await engine.retry(failed[0]?.id as OperationId);
  const still = await engine.waitFor(parent.id, 30_000);
  expect(still).toMatchObject({ state: 'failed', children: { total: 6, succeeded: 4, failed: 2 } });
  await expect(engine.retry(failed[0]?.id as OperationId)).rejects.toMatchObject({ code: 'wrong-state' });

  world.failing.clear();
  world.refused.clear();
  expect(await engine.retry(parent.id)).toMatchObject({ id: parent.id });
  const done = await engine.waitFor(parent.id, 30_000);
  expect(done).toMatchObject({ state: 'succeeded', error: null, children: { total: 6, succeeded: 6, failed: 0 } });
  expect(world.done.toSorted()).toEqual(names(6).toSorted());
  const all = await childrenOf(engine, done);
  expect(all.filter(({ retried }) => retried).map(({ target }) => target.name)).toEqual(['web-2', 'web-4', 'web-5']);
  await expect(engine.retry(parent.id)).rejects.toMatchObject({ code: 'wrong-state' });
});

test('a thing that another operation holds makes its child fail, saying which; nothing else', async () => {
  await using database = await createTestStore();
  const world = new World();
  world.gate = new Gate();
  await using engine = await start(database.store, world);
  const holder = await engine.begin('instance.stop', {
    params: { name: 'web-3' },
    target: thing('web-3'),
    createdBy: null,
  });
  await world.gate.reached;
  const gate = world.gate;
  world.gate = undefined;
  const parent = await engine.waitFor((await begin(engine, names(8))).id, 30_000);
  expect(parent).toMatchObject({ state: 'failed', children: { succeeded: 7, failed: 1 } });
  expect(parent.error).toMatchObject({ code: 'target-busy', detail: expect.stringContaining(holder.id) });
  gate.open();
  await engine.waitFor(holder.id, 30_000);
});

test('a cancel begins no more children; those at work come to their end; a retry makes the rest', async () => {
  await using database = await createTestStore();
  const world = new World();
  world.gate = new Gate();
  await using engine = await start(database.store, world);
  const { id } = await begin(engine, names(20));
  await world.gate.reached;
  await engine.cancel(id);
  world.gate.open();
  const parent = await engine.waitFor(id, 30_000);
  expect(parent).toMatchObject({ state: 'cancelled', children: { total: 20, succeeded: 4, waiting: 16, running: 0 } });
  expect(world.done.length).toBe(4);
  await engine.retry(id);
  expect(await engine.waitFor(id, 30_000)).toMatchObject({ state: 'succeeded', children: { succeeded: 20 } });
  expect(world.done.toSorted()).toEqual(names(20).toSorted());
});

test('whenever its control server dies, another brings the parent to its end: each child is made once', async () => {
  await using database = await createTestStore();
  for (let write = 1; write < 22; write += 2) {
    const world = new World();
    let left = write;
    let dead = false;
    const hang = () => (dead ? new Promise<void>(() => {}) : undefined);
    const died = Promise.withResolvers<void>();
    const dying = await start(database.store, world, `dying-${write}`, {
      beforeWrite: hang,
      afterWrite: () => {
        if (--left === 0) {
          dead = true;
          died.resolve();
        }
        return hang();
      },
    });
    const all = names(9).map((name) => `${write}-${name}`);
    const begun = begin(dying, all).catch(() => undefined);
    await Promise.race([died.promise, begun.then((one) => one && dying.waitFor(one.id, 30_000))]);
    void dying.stop(0);
    await using heir = await start(database.store, world, `heir-${write}`);
    const parent = await waitFor(
      async () =>
        (await heir.list({ limit: 500, parent: 'none' })).items.find(
          ({ state }) => state === 'running' || state === 'succeeded',
        ),
      { describe: `the parent after write ${write}` },
    );
    const ended = await heir.waitFor(parent.id, 30_000);
    expect(ended).toMatchObject({ state: 'succeeded', children: { total: 9, succeeded: 9 } });
    const children = await childrenOf(heir, ended);
    expect(children.map(({ target }) => target.name)).toEqual(all);
    await database.store.db.deleteFrom('operation').execute();
  }
}, 120_000);

test('children whose beginning was answered by nobody are run all the same, and so are those begun just before', async () => {
  await using database = await createTestStore();
  const world = new World();
  const answered = { count: 0, lostAt: 2 };
  const asked = { count: 0, lostAt: Number.POSITIVE_INFINITY };
  await using engine = await start(database.store, world, 'one', {
    beforeWrite() {
      if (++asked.count === asked.lostAt) throw new DatabaseLost('the connection broke');
    },
    // The first is that of the parent.
    afterWrite() {
      if (++answered.count === answered.lostAt) throw new CommitUnknown(new Error('the connection broke'));
    },
  });
  const all = names(4);
  const begun = await begin(engine, all);
  expect(await engine.waitFor(begun.id, 20_000)).toMatchObject({ state: 'succeeded', children: { succeeded: 4 } });
  expect(world.done.toSorted()).toEqual(all);
  expect((await childrenOf(engine, begun)).length).toBe(4);

  // One of four is held: the first two begin, and the database is lost before the others.
  const gate = new Gate();
  world.gate = gate;
  await engine.begin('instance.stop', { params: { name: 'web-4' }, target: thing('web-4'), createdBy: null });
  await gate.reached;
  world.gate = undefined;
  world.done.length = 0;
  // Its own, four together, the first two; then the third.
  Object.assign(asked, { count: 0, lostAt: 1 + 4 + 2 + 1 });
  const halved = await begin(engine, all);
  const ended = await engine.waitFor(halved.id, 20_000);
  expect(asked.count).toBeGreaterThan(asked.lostAt);
  expect(ended).toMatchObject({ state: 'failed', children: { succeeded: 3, failed: 1 } });
  expect(world.done.toSorted()).toEqual(['web-1', 'web-2', 'web-3']);
  gate.open();
});
