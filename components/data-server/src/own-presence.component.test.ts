/** When a Data Server may say of others that they are gone: only after it was here for as long as they may take to come back. */
import { Disposables, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OwnPresence } from './own-presence.ts';
import { createTestDomain, type Registry, TestComponent, type TestDomain } from './testing/registry.ts';

let domain: TestDomain;
let ends: Disposables;
/** Milliseconds by the Data Server's own clock; everything else runs in real time. */
let elapsedMs: number;
const clock = { ...systemClock, monotonicMs: () => elapsedMs };

beforeEach(async () => {
  elapsedMs = 0;
  domain = await createTestDomain();
  ends = new Disposables();
});
afterEach(async () => {
  await ends[Symbol.asyncDispose]();
  await domain[Symbol.asyncDispose]();
});

/** Of a component that was online when the Data Server that heard it died. */
async function leftOnline(): Promise<TestComponent> {
  const node = await TestComponent.join(domain.store, 'node-client');
  await node.register(await domain.startRegistry({ leaseMs: 1 }));
  return node;
}

async function begin(registry: Registry): Promise<TestComponent> {
  const self = await TestComponent.join(domain.store, 'data-server', registry.id);
  const presence = new OwnPresence({
    self: { ...self.caller, name: 'd1' },
    version: '1',
    endpoint: () => self.whereabouts.endpoint,
    onAddresses: (listener) => {
      onAddresses = listener;
      return { [Symbol.dispose]: () => {} };
    },
    store: registry.store,
    registrations: registry.registrations,
    clock,
    log: silentLogger,
  });
  await presence.begin(ends);
  await presence.register(ends);
  return self;
}
let onAddresses: () => void;

const lease = (of: TestComponent) =>
  domain.store.db
    .selectFrom('lease')
    .selectAll()
    .where('name', '=', `data-server/${of.caller.id}`)
    .executeTakeFirstOrThrow();

async function renewals(of: TestComponent, count: number): Promise<void> {
  for (let seen = 0; seen < count; seen++) {
    const { expires_at } = await lease(of);
    await waitFor(async () => (await lease(of)).expires_at > expires_at);
  }
}

/** No leap: that would be a process that stood still. */
async function pass(self: TestComponent, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 2_500) {
    elapsedMs += Math.min(2_500, left);
    await renewals(self, 1);
  }
}

test('after all were away, everybody has 5 s to come back, and then is gone', async () => {
  const node = await leftOnline();
  const registry = await domain.startRegistry({ clock });
  const self = await begin(registry);
  await pass(self, 4_900);
  expect(registry.state(node.caller.id)).toBe('online');
  await pass(self, 100);
  await waitFor(() => registry.state(node.caller.id) === 'gone');
  expect(registry.state(self.caller.id)).toBe('online');
});

test('after a database that was away, the 5 s begin anew', async () => {
  const registry = await domain.startRegistry({ clock });
  const self = await begin(registry);
  await pass(self, 5_000);
  const { epoch } = await lease(self);
  // All leases have run out, also that of a Data Server that will renew its own in a moment.
  await sql`update lease set expires_at = clock_timestamp() - interval '1 second'`.execute(domain.store.db);
  const node = await leftOnline();
  await waitFor(async () => (await lease(self)).epoch > epoch);
  await renewals(self, 2);
  expect(registry.state(node.caller.id)).toBe('online');
  await pass(self, 5_000);
  await waitFor(() => registry.state(node.caller.id) === 'gone');
});

test('without the database its members are sent to another Data Server, if there is one', async () => {
  let isCut = false;
  let attempts = 0;
  const cuttable = (store: Store): Store => ({
    ...store,
    get db() {
      if (!isCut) return store.db;
      attempts++;
      throw new PlatformError('database-unavailable', 'cut off by the test');
    },
  });
  const registry = await domain.startRegistry({ clock, wrap: cuttable });
  const self = await begin(registry);
  const node = await TestComponent.join(domain.store, 'node-client');
  const alone = await node.register(registry);
  const cut = async () => {
    isCut = true;
    attempts = 0;
    elapsedMs += 3_000;
    await waitFor(() => attempts > 0);
  };
  const healed = async () => {
    isCut = false;
    await renewals(self, 1);
  };
  await waitFor(() => registry.state(self.caller.id) === 'online');
  await cut();
  await healed();
  const other = await TestComponent.join(domain.store, 'data-server');
  await other.register(await domain.startRegistry());
  await waitFor(() => registry.list.ofType('data-server').length === 2);
  // Until now it had nowhere to go.
  expect((await alone.items.next()).value?.associates.map(({ type }) => type)).toContain('data-server');
  await cut();
  await expect(alone.items.next()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(node.register(registry)).rejects.toMatchObject({ code: 'unavailable' });
  await healed();
  // Its lease is seen a moment before it knows that itself.
  await waitFor(() => node.register(registry));
});

test('its own record follows its addresses', async () => {
  const registry = await domain.startRegistry({ clock });
  const self = await begin(registry);
  self.port = 9;
  onAddresses();
  const port = () => [...registry.list.all].find(({ record }) => record.id === self.caller.id)?.record.endpoint.port;
  await waitFor(() => port() === 9);
});
