import type { Target } from '@zhiyun/contracts';
import { newId, silentLogger } from '@zhiyun/kernel';
import { recordEvent, type Store } from '@zhiyun/store';
import { createTestStore } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTransactionEngine, type Engine } from './engine.ts';
import { Gate, newScript, scriptedTransaction } from './testing/scripted-transaction.ts';
import type { TransactionDefinition } from './types.ts';

const thing = (id: string): Target => ({ kind: 'image', id, name: `name-of-${id}` });
const about = (id: string): Target => ({ kind: 'instance', id, name: id });
const heldNow = (store: Store) =>
  store.db.selectFrom('operation_claim').select(['target_kind', 'target_id', 'operation_id']).execute();

/** Holds what its parameters name, beside its target. */
function claiming(gate: Gate): TransactionDefinition<string[]> {
  const { actions } = scriptedTransaction(newScript({ work: gate.pass }), [{ name: 'work', cancellable: true }]);
  return {
    kind: 'instance.start',
    params: z.array(z.string()),
    claims: (ids, target) => [target, ...ids.map(thing)],
    actions: actions as TransactionDefinition<string[]>['actions'],
  };
}

async function start(store: Store, gate: Gate): Promise<Engine & AsyncDisposable> {
  const engine = createTransactionEngine({
    store,
    definitions: [claiming(gate), scriptedTransaction(newScript(), [{ name: 'only' }])] as never,
    runner: { id: 'one', scanMs: 20 },
    log: silentLogger,
  });
  await engine.start();
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.stop(0) });
}
const begin = (engine: Engine, target: string, params: string[]) =>
  engine.begin('instance.start', { params, target: about(target), createdBy: null });

test('several things are held until the end; a conflict says which of them, and which operation holds it', async () => {
  await using database = await createTestStore();
  const gate = new Gate();
  await using engine = await start(database.store, gate);
  const first = await begin(engine, 'a', ['disk-1', 'disk-2']);
  await expect(begin(engine, 'b', ['disk-3', 'disk-2'])).rejects.toMatchObject({
    code: 'target-busy',
    message: `image name-of-disk-2 is being started by operation ${first.id}; wait until that has ended.`,
  });
  // Nothing of the refused one is left, not even a claim.
  expect((await heldNow(database.store)).map(({ target_id }) => target_id).sort()).toEqual(['a', 'disk-1', 'disk-2']);
  gate.open();
  await engine.waitFor(first.id, 30_000);
  expect(await heldNow(database.store)).toEqual([]);
  const second = await begin(engine, 'b', ['disk-3', 'disk-2']);
  expect((await engine.waitFor(second.id, 30_000)).state).toBe('succeeded');
});

test('whoever is refused by a thing that is not a target is told so, too', async () => {
  await using database = await createTestStore();
  const gate = new Gate();
  await using engine = await start(database.store, gate);
  const holder = await begin(engine, 'a', ['disk-1']);
  const refused = engine.begin('instance.stop', { params: {}, target: thing('disk-1'), createdBy: null });
  await expect(refused).rejects.toMatchObject({ code: 'target-busy', message: expect.stringContaining(holder.id) });
  gate.open();
  await engine.waitFor(holder.id, 30_000);
});

test('crowds that want the same things in another order never wait for each other', async () => {
  await using database = await createTestStore();
  const gate = new Gate();
  gate.open();
  await using engine = await start(database.store, gate);
  const names = Array.from({ length: 12 }, (_, index) => `disk-${index}`);
  for (let round = 0; round < 20; round++) {
    const tries = [names, names.toReversed(), names.toSorted()].map((things, index) =>
      begin(engine, `${round}-${index}`, things),
    );
    const begun = (await Promise.allSettled(tries)).map((result) => {
      if (result.status === 'fulfilled') return result.value;
      expect(result.reason).toMatchObject({ code: 'target-busy' });
      return undefined;
    });
    expect(begun.some((one) => one !== undefined)).toBe(true);
    for (const one of begun) if (one) await engine.waitFor(one.id, 30_000);
  }
  expect(await heldNow(database.store)).toEqual([]);
});

test('what a release without claims begins and ends is held as long, and refused under the name that it knows', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const gate = new Gate();
  await using engine = await start(store, gate);
  const insert = (id: string, target: string) => sql`
    insert into operation (id, kind, state, target_kind, target_id, target_name, params, memory, steps, cursor, runner, epoch)
    values (${id}, 'instance.reset', 'running', 'image', ${target}, ${target}, '{}', '{}', '[]', 0, 'older', 1)`;
  const older = newId();
  await insert(older, 'disk-1').execute(store.db);
  await expect(begin(engine, 'a', ['disk-1'])).rejects.toMatchObject({
    code: 'target-busy',
    message: `image disk-1 is being reset by operation ${older}; wait until that has ended.`,
  });
  await sql`update operation set state = 'succeeded', ended_at = now() where id = ${older}`.execute(store.db);
  const newer = await begin(engine, 'a', ['disk-1']);
  await expect(insert(newId(), 'disk-1').execute(store.db)).rejects.toMatchObject({
    code: '23505',
    constraint: 'operation_active_target',
  });
  gate.open();
  await engine.waitFor(newer.id, 30_000);
});

test('an operation that is begun together with rows of its own takes its claims in the same commit', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await using engine = await start(store, new Gate());
  const refused = engine.begin('instance.start', {
    params: ['disk-1'],
    target: about('a'),
    createdBy: null,
    async within(tx) {
      await recordEvent(tx, { kind: 'instance.created', subject: about('a') });
      throw new Error('not this time');
    },
  });
  await expect(refused).rejects.toThrow('not this time');
  expect(await heldNow(store)).toEqual([]);
});
