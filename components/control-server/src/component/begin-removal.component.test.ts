import { type ComponentId, lostAfterSeconds, type Operation } from '@zhiyun/contracts';
import { type PlatformError, silentLogger } from '@zhiyun/kernel';
import { createTestStore, type TestStore } from '@zhiyun/testkit';
import { createTransactionEngine, type Engine, type TransactionDefinition } from '@zhiyun/transaction';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { beginRemoval } from './begin-removal.ts';
import { findComponent } from './component-list.ts';
import { putComponent, type TestComponent } from './testing.ts';

/** Only its beginning matters here; it stays active until the test ends. */
const removal: TransactionDefinition = {
  kind: 'component.remove',
  params: z.unknown(),
  actions: [{ name: 'wait', run: ({ signal }) => untilAborted(signal), noUndo: 'does nothing' }],
};
async function untilAborted(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw signal.reason;
}

const longAgo = new Date(Date.now() - 2 * lostAfterSeconds * 1_000);

let database: TestStore;
let engine: Engine;
beforeEach(async () => {
  database = await createTestStore();
  engine = createTransactionEngine({
    store: database.store,
    definitions: [removal],
    runner: { id: 'control-1' },
    log: silentLogger,
  });
  await engine.start();
});
afterEach(async () => {
  await engine.stop(0);
  await database[Symbol.asyncDispose]();
});

const put = (component: TestComponent) => putComponent(database.store, component);
async function remove(id: ComponentId, lost = false): Promise<Operation> {
  const component = await findComponent(database.store.db, [], id);
  return beginRemoval(engine, component, lost, [], Date.now(), { createdBy: null });
}

it('begins the operation that removes it', async () => {
  const id = await put({ type: 'node-client', name: 'rack1' });
  const operation = await remove(id);
  expect(operation).toMatchObject({ kind: 'component.remove', target: { kind: 'component', id, name: 'rack1' } });
  const row = await database.store.db.selectFrom('operation').select('params').executeTakeFirstOrThrow();
  expect(row.params).toEqual({ componentId: id, lost: false });
  await expect(remove(id)).rejects.toMatchObject({ code: 'target-busy' });
});

it('calls nothing lost that is online', async () => {
  await expect(remove(await put({ type: 'node-client', name: 'a' }), true)).rejects.toMatchObject({
    code: 'wrong-state',
    message: expect.stringContaining('«a» is online'),
  });
  await remove(await put({ type: 'node-client', name: 'b', state: 'gone', since: longAgo }), true);
});

it('calls nothing lost that is only suspect, or may be restarting', async () => {
  const suspect = await put({ type: 'node-client', name: 'a', state: 'suspect', since: longAgo });
  await expect(remove(suspect, true)).rejects.toMatchObject({ code: 'wrong-state' });
  const restarting = await put({ type: 'node-client', name: 'b', state: 'gone' });
  const refused = await remove(restarting, true).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'wrong-state', message: expect.stringContaining('may only be restarting') });
  expect((refused as PlatformError).retryAfterSeconds).toBeGreaterThan(0);
});

it.each([
  ['control-server', 'nothing would carry out requests'],
  ['data-server', 'no component could join'],
  ['http-gateway', 'neither the console nor the API'],
] as const)('keeps the last %s that is online, and says what would be missing', async (type, loss) => {
  const leaseMs = 60_000;
  const only = await put({ type, name: 'only', leaseMs });
  await put({ type, name: 'dead', state: 'gone' });
  await put({ type, name: 'taken out', removed: true, leaseMs });
  await expect(remove(only)).rejects.toMatchObject({ code: 'in-use', message: expect.stringContaining(loss) });
  expect(await database.store.db.selectFrom('operation').selectAll().execute()).toEqual([]);
  await put({ type, name: 'second', leaseMs });
  await remove(only);
});

it('lets one go that is gone already, also as the last', async () => {
  await remove(await put({ type: 'http-gateway', name: 'dead', state: 'gone', since: longAgo }), true);
});

it('two removals at the same moment do not each count on the other', async () => {
  const ids = await Promise.all(['a', 'b'].map((name) => put({ type: 'control-server', name })));
  const results = await Promise.allSettled(ids.map((id) => remove(id)));
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'in-use' } });
});
