/** Whoever hears of a target while an operation works on it here can wait for the operation's end. */
import type { Target } from '@zhiyun/contracts';
import { silentLogger } from '@zhiyun/kernel';
import { createTestStore } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTransactionEngine } from './engine.ts';
import type { AnyTransactionDefinition } from './types.ts';

const target: Target = { kind: 'instance', id: 'i-1', name: 'web-1' };
const request = { params: {}, target, createdBy: null };

test.each([
  ['succeeded', async () => ({ report: { sequence: 7 } }), { report: { sequence: 7 } }],
  ['failed', () => Promise.reject(new Error('no')), {}],
] as const)('the work on a target ends as its operation has: %s', async (state, first, memory) => {
  await using database = await createTestStore();
  const gate = Promise.withResolvers<void>();
  const run = async () => {
    await gate.promise;
    return first();
  };
  const stop: AnyTransactionDefinition = {
    kind: 'instance.stop',
    params: z.unknown(),
    actions: [{ name: 'first', run, noUndo: 'it does nothing' }],
  };
  const engine = createTransactionEngine({
    store: database.store,
    definitions: [stop],
    runner: { id: 'only' },
    log: silentLogger,
  });
  await engine.start();
  try {
    expect(engine.workOn(target)).toBeUndefined();
    const { id } = await engine.begin('instance.stop', request);
    const work = engine.workOn(target);
    expect(work).toBeDefined();
    expect(engine.workOn({ ...target, id: 'another' })).toBeUndefined();
    gate.resolve();
    expect(await work).toMatchObject({ state, memory });
    expect(await engine.get(id)).toMatchObject({ state });
    expect(engine.workOn(target)).toBeUndefined();
  } finally {
    await engine.stop(0);
  }
});
