/** What becomes of the operations of a runner that has died, or that cannot go on with one. */
import type { Target } from '@zhiyun/contracts';
import { silentLogger } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { createProofEnvironment, createTestStore } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { createTransactionEngine, type Engine } from './engine.ts';
import { HandOver } from './hand-over.ts';
import { runAndCrash } from './testing/crash.ts';
import { buildParcelHarness } from './testing/sample-transaction.ts';
import { newScript, type Script, scriptedTransaction } from './testing/scripted-transaction.ts';
import type { AnyTransactionDefinition } from './types.ts';

const target: Target = { kind: 'instance', id: 'i-1', name: 'web-1' };
const request = { params: {}, target, createdBy: null };
const twoSteps = [{ name: 'first' }, { name: 'second' }];

async function startEngine(
  store: Store,
  id: string,
  definitions: readonly AnyTransactionDefinition[],
): Promise<Engine & AsyncDisposable> {
  const engine = createTransactionEngine({ store, definitions, runner: { id }, log: silentLogger });
  await engine.start();
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.stop(0) });
}
const startScripted = (store: Store, id: string, script: Script) =>
  startEngine(store, id, [scriptedTransaction(script, twoSteps)]);

function handTo(runner: string) {
  return async () => {
    throw new HandOver(runner);
  };
}

test('of three runners one is killed: another one ends its operation within 10 s', async () => {
  await using environment = await createProofEnvironment();
  const harness = await buildParcelHarness(environment);
  try {
    await using second = await startEngine(harness.store, 'second', harness.definitions);
    await using _third = await startEngine(harness.store, 'third', harness.definitions);
    const module = new URL('./testing/sample-transaction.ts', import.meta.url).href;
    const order = { kind: 'image.import', module, factory: 'buildParcelHarness', environment } as const;
    expect(await runAndCrash({ ...order, crash: { write: 2, when: 'after' } })).toBe(true);
    const diedAt = performance.now();
    const [operation] = (await second.list({ limit: 1 })).items;
    if (!operation) throw new Error('it had begun nothing');
    expect(await second.waitFor(operation.id, 15_000)).toMatchObject({ state: 'succeeded' });
    expect(performance.now() - diedAt).toBeLessThan(25_000);
    await harness.verifyDone(operation);
  } finally {
    await harness.close();
  }
});

test('an operation is handed to the runner that can do it, and to nobody else', async () => {
  await using database = await createTestStore();
  const [able, unable, bystander] = [newScript(), newScript({ first: handTo('able') }), newScript()];
  await using _able = await startScripted(database.store, 'able', able);
  await using _bystander = await startScripted(database.store, 'bystander', bystander);
  await using engine = await startScripted(database.store, 'unable', unable);
  const { id } = await engine.begin('instance.stop', request);
  expect(await engine.waitFor(id, 20_000)).toMatchObject({ state: 'succeeded', error: null });
  expect([unable.ran, able.ran, bystander.ran]).toEqual([['first'], ['first', 'second'], []]);
});

test('so is its undoing', async () => {
  await using database = await createTestStore();
  const able = newScript();
  const unable = newScript({ second: () => Promise.reject(new Error('no')), 'undo first': handTo('able') });
  await using _able = await startScripted(database.store, 'able', able);
  await using engine = await startScripted(database.store, 'unable', unable);
  const { id } = await engine.begin('instance.stop', request);
  expect(await engine.waitFor(id, 20_000)).toMatchObject({ state: 'failed' });
  expect(unable.ran).toEqual(['first', 'second', 'undo second', 'undo first']);
  expect(able.ran).toEqual(['undo first']);
});

test('one that was handed to a runner which does not live is anybody’s', async () => {
  await using database = await createTestStore();
  const script = newScript();
  script.deeds.first = async () => {
    if (script.ran.length === 1) throw new HandOver('nobody');
  };
  await using engine = await startScripted(database.store, 'one', script);
  const { id } = await engine.begin('instance.stop', request);
  expect(await engine.waitFor(id, 20_000)).toMatchObject({ state: 'succeeded' });
  expect(script.ran).toEqual(['first', 'first', 'second']);
});
