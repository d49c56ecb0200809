/** The registry on its own: what two Data Servers on one database say of components that speak, fall silent, or appear twice. */
import type { ComponentId } from '@zhiyun/contracts';
import { Disposables, newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { acquireLease, openStore } from '@zhiyun/store';
import { createTestStore, type TestStore, waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ComponentList } from './component-list.ts';
import { addComponent } from './joining.ts';
import { leaseName } from './registration-rows.ts';
import { Registrations } from './registrations.ts';

let database: TestStore;
let ends: Disposables;

beforeEach(async () => {
  database = await createTestStore();
  ends = new Disposables();
  ends.use(database);
});
afterEach(() => ends[Symbol.asyncDispose]());

async function startRegistry() {
  const store = await openStore({ url: database.url, log: silentLogger, maxConnections: 3 });
  ends.add(() => store.close());
  const id = newId<ComponentId>();
  await acquireLease(store, leaseName(id), id, 5_000);
  const list = new ComponentList(store, silentLogger);
  await list.follow(ends);
  return { list, registrations: new Registrations(id, store, list, silentLogger) };
}

async function newNode() {
  const id = newId<ComponentId>();
  const joining = { store: database.store, clock: systemClock };
  await addComponent(joining, { id, type: 'node-client', key: 'key' });
  const context = { caller: { id, type: 'node-client' as const }, silent: 0, silentMs: () => context.silent };
  return context;
}

const at = (port: number) => ({ name: 'n1', address: { host: '192.0.2.1', port } });

test('a component is suspect, gone and online again as it is heard', async () => {
  const { list, registrations } = await startRegistry();
  const node = await newNode();
  const leaving = new AbortController();
  const stream = registrations.register(at(1), { ...node, signal: leaving.signal });
  await stream.next();
  const state = () => list.all.find(({ id }) => id === node.caller.id)?.state;
  for (const [silent, expected] of [
    [0, 'online'],
    [3_000, 'suspect'],
    [100, 'online'],
    [5_000, 'gone'],
    [0, 'online'],
  ] as const) {
    node.silent = silent;
    await waitFor(() => {
      registrations.judge();
      return state() === expected;
    });
  }
});

test('one component at two places is refused, also by another Data Server, until the first place falls silent', async () => {
  const here = await startRegistry();
  const there = await startRegistry();
  const node = await newNode();
  const leaving = new AbortController();
  const first = here.registrations.register(at(1), { ...node, signal: leaving.signal });
  await first.next();
  const next = { ...node, silentMs: () => 0, signal: new AbortController().signal };
  for (const { registrations } of [here, there]) {
    await expect(registrations.register(at(2), next).next()).rejects.toMatchObject({
      code: 'join-refused',
      message: expect.stringContaining('at work already as "n1" at 192.0.2.1:1'),
    });
  }
  leaving.abort();
  await first.next();
  await there.registrations.register(at(2), next).next();
  await waitFor(() => here.list.all.find(({ id }) => id === node.caller.id)?.address.port === 2);
  // The first place is judged no more: what it says later does not count.
  node.silent = 9_000;
  here.registrations.judge();
  await here.registrations.settled();
  await there.list.reread();
  expect(there.list.all.find(({ id }) => id === node.caller.id)?.state).toBe('online');
});

test('the same place may register anew while its old stream is still open', async () => {
  const { registrations } = await startRegistry();
  const node = await newNode();
  const signal = new AbortController().signal;
  const first = registrations.register(at(1), { ...node, signal });
  await first.next();
  await registrations.register(at(1), { ...node, signal }).next();
  expect(await first.next()).toMatchObject({ done: true });
});
