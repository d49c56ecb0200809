import type { ComponentId } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import type { Peer } from '@zhiyun/link';
import { createTestStore, type TestStore } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveReference } from '../reference/resolve-reference.ts';
import { findComponent, listComponents } from './component-list.ts';
import { countComponents } from './count-components.ts';
import { readOwnView, type SeenComponent } from './own-view.ts';
import { putComponent, type TestComponent } from './testing.ts';

let database: TestStore;
beforeEach(async () => {
  database = await createTestStore();
});
afterEach(() => database[Symbol.asyncDispose]());

const minute = 60_000;
const put = (component: TestComponent) => putComponent(database.store, component);
const list = (query: Partial<Parameters<typeof listComponents>[2]> = {}, seen: SeenComponent[] = []) =>
  listComponents(database.store.db, seen, { limit: 50, ...query });
const find = (reference: string) => findComponent(database.store.db, [], reference);

describe('the list', () => {
  it('shows every component of the domain, those never heard of too, and none that was removed', async () => {
    const id = await put({ type: 'node-client', name: 'rack1', hosts: ['10.0.0.7', 'fd00::7'] });
    const unheard = await put({ type: 'storage-server' });
    await put({ type: 'node-client', name: 'stolen', removed: true });
    const { items, nextCursor } = await list();
    expect(nextCursor).toBeNull();
    expect(items).toEqual([
      expect.objectContaining({ id: unheard, name: '', state: 'gone', addresses: [], version: '', machine: '' }),
      expect.objectContaining({
        id,
        type: 'node-client',
        name: 'rack1',
        state: 'online',
        addresses: ['10.0.0.7:7000', '[fd00::7]:7000'],
        machine: 'machine of rack1',
        clockSkewMs: 12,
      }),
    ]);
  });

  it('comes in pages by name, also where several have one name', async () => {
    const ids = await Promise.all(['b', 'a', 'b', 'c', 'b'].map((name) => put({ type: 'node-client', name })));
    const seen: ComponentId[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(ids));
    await expect(list({ cursor: 'bm9wZQ' })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('is narrowed by type, state and part of the name', async () => {
    await put({ type: 'data-server', name: 'rack1', leaseMs: minute });
    await put({ type: 'node-client', name: 'rack1' });
    await put({ type: 'node-client', name: 'rack2', state: 'suspect' });
    const names = async (query: Parameters<typeof list>[0]) =>
      (await list(query)).items.map(({ type, name }) => `${type}@${name}`);
    expect(await names({ type: 'node-client' })).toEqual(['node-client@rack1', 'node-client@rack2']);
    expect(await names({ state: 'suspect' })).toEqual(['node-client@rack2']);
    expect(await names({ search: 'CK2' })).toEqual(['node-client@rack2']);
    expect(await names({ search: '%' })).toEqual([]);
  });
});

describe('what is not heard of any more', () => {
  it('a Data Server is gone when its lease has run out, whatever its row says, since then', async () => {
    const since = new Date(Date.now() - 10 * minute);
    const id = await put({ type: 'data-server', name: 'rack1', since, leaseMs: -5_000 });
    await put({ type: 'data-server', name: 'rack2', since, leaseMs: minute });
    const [dead, alive] = (await list()).items;
    expect(dead).toMatchObject({ id, state: 'gone' });
    expect(Date.now() - Date.parse(dead?.since ?? '')).toBeLessThan(minute);
    expect(alive).toMatchObject({ state: 'online', since: since.toISOString() });
    expect((await list({ state: 'online' })).items).toHaveLength(1);
  });

  it('what was seen counts before the row, but for a Data Server', async () => {
    const since = '2026-01-01T00:00:00.000Z';
    const data = await put({ type: 'data-server', name: 'a', leaseMs: -1_000 });
    const lost = await put({ type: 'node-client', name: 'b' });
    await put({ type: 'http-gateway', name: 'c', state: 'suspect' });
    const seen: SeenComponent[] = [
      { id: lost, state: 'gone', since },
      { id: data, state: 'online', since },
      { id: newId<ComponentId>(), state: 'online', since },
    ];
    expect((await list({}, seen)).items.map(({ state }) => state)).toEqual(['gone', 'gone', 'suspect']);
    expect((await list({ state: 'gone', type: 'node-client' }, seen)).items).toMatchObject([{ id: lost, since }]);
  });

  it('is what this Control Server sees itself only while no Data Server lives', async () => {
    const { db } = database.store;
    const [self, node] = [newId<ComponentId>(), newId<ComponentId>()];
    const peer = { id: node, state: 'connecting', since: 0 } as Peer;
    const member = { id: self, peers: (type: ComponentType) => (type === 'node-client' ? [peer] : []) };
    await put({ type: 'data-server', name: 'a', leaseMs: -1_000 });
    expect(await readOwnView(db, member)).toEqual([
      { id: self, state: 'online', since: null },
      { id: node, state: 'gone', since: '1970-01-01T00:00:00.000Z' },
    ]);
    await put({ type: 'data-server', name: 'b', leaseMs: minute });
    expect(await readOwnView(db, member)).toEqual([]);
  });

  it('is counted by the same rules', async () => {
    await put({ type: 'data-server', name: 'a', leaseMs: -1_000 });
    await put({ type: 'data-server', name: 'b', leaseMs: minute });
    await put({ type: 'node-client', name: 'c', state: 'suspect' });
    await put({ type: 'http-gateway', name: 'd', removed: true });
    expect(await countComponents(database.store.db, [])).toEqual([
      { type: 'data-server', counts: { online: 1, suspect: 0, gone: 1 } },
      { type: 'node-client', counts: { online: 0, suspect: 1, gone: 0 } },
    ]);
  });
});

describe('a reference', () => {
  it('is an id, a name that is unique, or type@name', async () => {
    const node = await put({ type: 'node-client', name: 'rack1-2' });
    const storage = await put({ type: 'storage-server', name: 'rack1-2' });
    const other = await put({ type: 'node-client', name: 'odd@name' });
    expect(await find(node)).toMatchObject({ id: node });
    expect(await find('storage-server@rack1-2')).toMatchObject({ id: storage });
    expect(await find('odd@name')).toMatchObject({ id: other });
    await expect(find('rack1-2')).rejects.toMatchObject({
      code: 'ambiguous-name',
      message: '«rack1-2» may mean node-client@rack1-2, storage-server@rack1-2; say which.',
    });
  });

  it('names ids where names cannot tell clones apart', async () => {
    const ids = [await put({ type: 'node-client', name: 'clone' }), await put({ type: 'node-client', name: 'clone' })];
    const refusal = find('node-client@clone');
    for (const id of ids) await expect(refusal).rejects.toThrow(id);
  });

  it('to nothing, or to what was removed, is a miss', async () => {
    const removed = await put({ type: 'node-client', name: 'stolen', removed: true });
    for (const reference of [removed, 'stolen', 'node-client@stolen', newId<string>()])
      await expect(find(reference)).rejects.toMatchObject({ code: 'not-found' });
    await expect(resolveReference(database.store.db, 'component', 'stolen', 'component')).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'component' }],
    });
  });
});
