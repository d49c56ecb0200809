/** The registry on its own: what Data Servers on one database say of components that speak, fall silent, move or appear twice. */
import { newId } from '@zhiyun/kernel';
import { listEvents } from '@zhiyun/store';
import { waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ring } from './component-rows.ts';
import { removeComponent } from './removal.ts';
import {
  createTestDomain,
  type OpenRegistration,
  type Registry,
  TestComponent,
  type TestDomain,
} from './testing/registry.ts';

let domain: TestDomain;

beforeEach(async () => {
  domain = await createTestDomain();
});
afterEach(() => domain[Symbol.asyncDispose]());

const events = async (kind?: string) =>
  (await listEvents(domain.store, { reader: undefined, limit: 100, kind })).items.toReversed();
const port = ({ list }: Registry, id: string) =>
  [...list.all].find(({ record }) => record.id === id)?.record.endpoint.port;

async function readToEnd({ items }: OpenRegistration): Promise<void> {
  for await (const _item of items);
}

async function untilState(registry: Registry, component: TestComponent, state: string): Promise<void> {
  await waitFor(
    () => {
      registry.registrations.judge();
      return registry.state(component.caller.id) === state;
    },
    { describe: state },
  );
}

test('a component is suspect, gone and online again as it is heard; each real change is an event', async () => {
  const registry = await domain.startRegistry();
  const control = await TestComponent.join(domain.store, 'control-server');
  const node = await TestComponent.join(domain.store, 'node-client');
  await control.register(registry);
  await node.register(registry);
  for (const [silent, state] of [
    [0, 'online'],
    [2_900, 'online'],
    [3_000, 'suspect'],
    [100, 'online'],
    [5_000, 'gone'],
    [0, 'online'],
  ] as const) {
    control.silent = silent;
    await untilState(registry, control, state);
  }
  const told = await events();
  expect(told.map(({ kind, severity, data }) => [kind, severity, data.to])).toEqual([
    ['component.joined', 'info', undefined],
    ['component.state-changed', 'warning', 'suspect'],
    ['component.state-changed', 'info', 'online'],
    ['component.state-changed', 'warning', 'gone'],
    ['component.state-changed', 'info', 'online'],
  ]);
  expect(told[0]?.subject).toEqual({ kind: 'component', id: control.caller.id, name: 'control-server@n1' });
});

test('who comes at the same time is judged alone: a copy and a removed component are refused, the others are here', async () => {
  const registry = await domain.startRegistry();
  const nodes = await Promise.all(Array.from({ length: 20 }, () => TestComponent.join(domain.store, 'node-client')));
  const removed = await TestComponent.join(domain.store, 'node-client');
  await removeComponent(domain.store, removed.caller.id);
  const [first] = nodes;
  if (!first) throw new Error('there are twenty');
  const copy = first.twin({ port: 2, machine: 'copy' });
  const outcomes = await Promise.allSettled([...nodes, removed, copy].map((each) => each.register(registry)));
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'here' : outcome.reason.code))).toEqual([
    ...nodes.map(() => 'here'),
    'component-removed',
    'identity-in-use',
  ]);
});

describe('one identity', () => {
  test('another life elsewhere is refused, at any Data Server, until the first falls silent', async () => {
    const here = await domain.startRegistry();
    const there = await domain.startRegistry();
    const node = await TestComponent.join(domain.store, 'node-client');
    const first = await node.register(here);
    const copy = node.twin({ port: 2, machine: 'copy' });
    for (const registry of [here, there]) {
      await expect(copy.register(registry)).rejects.toMatchObject({
        code: 'identity-in-use',
        message: expect.stringMatching(/at work already as "n1" at 192.0.2.1:1.*remove node-client\/identity/),
      });
    }
    first.leave();
    await readToEnd(first);
    await copy.register(there);
    await waitFor(() => [here, there].every((registry) => port(registry, node.caller.id) === 2));
    // The first place is judged no more: what it says later does not count.
    node.silent = 9_000;
    here.registrations.judge();
    await here.registrations.stop();
    await there.registrations.dropUnheard();
    expect(there.state(node.caller.id)).toBe('online');
    // And now it is the first that came second.
    await expect(node.register(here)).rejects.toMatchObject({ code: 'identity-in-use' });
  });

  test('a copy elsewhere waits for what has become of the first when only its connection has ended', async () => {
    const [here, there] = [await domain.startRegistry(), await domain.startRegistry()];
    const node = await TestComponent.join(domain.store, 'node-client');
    const copy = node.twin({ machine: 'copy', host: '192.0.2.2' });
    for (const outcome of ['it is back', 'it is gone']) {
      const first = await node.register(here);
      first.leave();
      await readToEnd(first);
      const settled = copy.register(there).catch((error: unknown) => error);
      if (outcome === 'it is back') {
        await node.register(here);
        expect(await settled).toMatchObject({ code: 'identity-in-use' });
      } else {
        node.silent = 9_000;
        here.registrations.judge();
        expect(await settled).toHaveProperty('whole');
      }
    }
  });

  test('the same life moves at once, and its former stream ends', async () => {
    const here = await domain.startRegistry();
    const there = await domain.startRegistry();
    const node = await TestComponent.join(domain.store, 'node-client');
    const first = await node.register(here);
    await waitFor(() => here.state(node.caller.id));
    node.port = 7;
    node.machine = 'elsewhere';
    const second = await node.register(here);
    await readToEnd(first);
    await waitFor(() => port(here, node.caller.id) === 7);
    await node.register(there);
    await readToEnd(second);
  });

  test('a new life at the same port of the same machine proves that the former is dead', async () => {
    const registry = await domain.startRegistry();
    const node = await TestComponent.join(domain.store, 'node-client');
    await node.register(registry);
    await expect(node.twin({ machine: 'another' }).register(registry)).rejects.toThrow('at work already');
    await node.twin({}).register(registry);
  });
});

describe('a removed component', () => {
  test('is cut off everywhere within a second, told to all, and never comes back', async () => {
    const [here, there] = [await domain.startRegistry(), await domain.startRegistry()];
    const storage = await TestComponent.join(domain.store, 'storage-server');
    const node = await TestComponent.join(domain.store, 'node-client');
    const stream = await storage.register(here);
    const follower = await node.register(there);
    const cut = readToEnd(stream).catch((error: unknown) => error);
    const told = waitFor(async () => (await follower.items.next()).value?.removed.includes(storage.caller.id));
    const since = performance.now();
    await removeComponent(domain.store, storage.caller.id);
    expect(await cut).toMatchObject({ code: 'component-removed' });
    await told;
    expect(performance.now() - since).toBeLessThan(4_500);
    await expect(storage.register(there)).rejects.toMatchObject({ code: 'component-removed' });
    const late = await (await TestComponent.join(domain.store, 'node-client')).register(there);
    expect(late.whole.removed).toEqual([storage.caller.id]);
    expect(late.whole.associates).toEqual([]);
    await removeComponent(domain.store, storage.caller.id);
    expect(await events('component.removed')).toHaveLength(1);
    const stranger = new TestComponent('node-client').caller.id;
    await expect(removeComponent(domain.store, stranger)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is told for as long as its certificate may live, and a day', async () => {
    const node = await TestComponent.join(domain.store, 'node-client');
    await removeComponent(domain.store, node.caller.id);
    const removed = async () => (await domain.startRegistry()).list.removed.size;
    expect(await removed()).toBe(1);
    const days = (count: number) => new Date(Date.now() - count * 24 * 3600 * 1000);
    await domain.store.db
      .updateTable('component')
      .set({ removed_at: days(7.9) })
      .execute();
    expect(await removed()).toBe(1);
    await domain.store.db
      .updateTable('component')
      .set({ removed_at: days(8.1) })
      .execute();
    expect(await removed()).toBe(0);
  });
});

describe('a Data Server that dies', () => {
  test('what moves to another in time stays online, since when it was; what does not is gone', async () => {
    const dying = await domain.startRegistry({ leaseMs: 1 });
    const other = await domain.startRegistry();
    const moves = await TestComponent.join(domain.store, 'control-server');
    const lost = await TestComponent.join(domain.store, 'storage-server');
    await moves.register(dying);
    await lost.register(dying);
    const since = () =>
      domain.store.db.selectFrom('registration').select(['component_id', 'since', 'data_server_id']).execute();
    const before = await since();
    await moves.register(other);
    await waitFor(() => other.state(lost.caller.id) && other.state(moves.caller.id));
    await waitFor(async () => {
      await other.registrations.dropUnheard();
      return other.state(lost.caller.id) === 'gone';
    });
    expect(other.state(moves.caller.id)).toBe('online');
    const row = (rows: typeof before) => rows.find(({ component_id }) => component_id === moves.caller.id);
    const after = row(await since());
    expect(after?.since).toEqual(row(before)?.since);
    expect(after?.data_server_id).toBe(other.id);
    const changes = await events('component.state-changed');
    expect(changes.map(({ subject }) => subject.id)).toEqual([lost.caller.id]);
  });

  test('while its lease lives nobody else gives its components up', async () => {
    const silent = await domain.startRegistry();
    const other = await domain.startRegistry();
    const node = await TestComponent.join(domain.store, 'node-client');
    await node.register(silent);
    await waitFor(() => other.state(node.caller.id));
    await other.registrations.dropUnheard();
    expect(await domain.store.db.selectFrom('registration').select('state').execute()).toEqual([{ state: 'online' }]);
  });

  test('one that was given up although it is heard is online again', async () => {
    const registry = await domain.startRegistry();
    const node = await TestComponent.join(domain.store, 'node-client');
    await node.register(registry);
    await domain.store.tx(async (tx) => {
      await tx.updateTable('registration').set({ state: 'gone', is_open: false }).execute();
    });
    const other = await domain.startRegistry();
    expect(other.state(node.caller.id)).toBe('gone');
    await waitFor(() => registry.state(node.caller.id) === 'gone', { timeoutMs: 15_000 });
    await untilState(registry, node, 'online');
  });
});

test('what nobody hears is found also after a time in which everybody was heard', async () => {
  const registry = await domain.startRegistry();
  const node = await TestComponent.join(domain.store, 'node-client');
  await node.register(registry);
  await waitFor(() => registry.state(node.caller.id) === 'online');
  for (let again = 0; again < 2; again++) await registry.registrations.dropUnheard();
  expect(registry.state(node.caller.id)).toBe('online');
  // As a former life of this Data Server would have left it.
  await domain.store.tx(async (tx) => {
    await tx.updateTable('registration').set({ session: newId<string>() }).execute();
    await ring(tx, [node.caller.id]);
  });
  await waitFor(async () => {
    await registry.registrations.dropUnheard();
    return registry.state(node.caller.id) === 'gone';
  });
});

test('a clock that is wrong is noted with the registration, and told once', async () => {
  const registry = await domain.startRegistry();
  const control = await TestComponent.join(domain.store, 'control-server');
  control.skewMs = -4 * 60_000;
  await control.register(registry);
  expect(await events('component.clock-wrong')).toEqual([]);
  control.skewMs = -6 * 60_000;
  for (let again = 0; again < 3; again++) await control.register(registry);
  const [told, ...more] = await events('component.clock-wrong');
  expect(more).toEqual([]);
  expect(told?.severity).toBe('warning');
  const { clock_skew_ms: skew, version } = await domain.store.db
    .selectFrom('registration')
    .selectAll()
    .executeTakeFirstOrThrow();
  expect(told?.data.clockSkewMs).toBeCloseTo(-6 * 60_000, -4);
  expect(skew).toBeCloseTo(-6 * 60_000, -4);
  expect(version).toBe('1.2.3');
});

test('reported links are kept for as long as the reporter is registered here', async () => {
  const registry = await domain.startRegistry();
  const node = await TestComponent.join(domain.store, 'node-client');
  const [a, b] = [new TestComponent('control-server').caller.id, new TestComponent('storage-server').caller.id];
  const since = new Date().toISOString();
  const { registrations } = registry;
  const id = node.caller.id;
  expect(() => registrations.reportLinks(id, { whole: true, links: [], forgotten: [] })).toThrow('register first');
  const open = await node.register(registry);
  const online = { state: 'online', since } as const;
  const both = [
    { peer: a, ...online },
    { peer: b, ...online },
  ];
  registrations.reportLinks(id, { whole: true, links: both, forgotten: [] });
  expect(registrations.links).toEqual(both.map((link) => ({ from: id, ...link })));
  registrations.reportLinks(id, { whole: false, links: [{ peer: a, state: 'gone', since }], forgotten: [b] });
  expect(registrations.links).toEqual([{ from: id, peer: a, state: 'gone', since }]);
  open.leave();
  await readToEnd(open);
  expect(registrations.links).toEqual([]);
  await node.register(registry);
  expect(registrations.links).toEqual([]);
});
