import type { ComponentId } from '@zhiyun/contracts';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';
import { putComponent } from './testing.ts';

let test: TestControlServer;
let nodeId: ComponentId;
beforeAll(async () => {
  test = await startTestControlServer();
  nodeId = test.node.member.id;
  await putComponent(test.store, { id: test.member.id, type: 'control-server', name: 'rack1' });
  await putComponent(test.store, { id: nodeId, type: 'node-client', name: 'rack1' });
  await putComponent(test.store, {
    id: test.dataServer.member.id,
    type: 'data-server',
    name: 'rack1',
    leaseMs: 60_000,
  });
});
afterAll(() => test[Symbol.asyncDispose]());

it('components are listed and found as they are named, and counted in the overview', async () => {
  const { items } = await test.admin.listComponents({ query: { type: 'node-client' } });
  expect(items).toMatchObject([{ id: nodeId, name: 'rack1', state: 'online' }]);
  expect(await test.admin.getComponent({ params: { id: 'node-client@rack1' } })).toEqual(items[0]);
  await waitFor(async () => (await test.admin.getSystem()).components.length === 3);
  expect((await test.admin.getSystem()).components).toContainEqual({
    type: 'node-client',
    counts: { online: 1, suspect: 0, gone: 0 },
  });
});

it('links are those the Data Server tells of, shared by who asks at the same time', async () => {
  const since = '2026-01-01T00:00:00.000Z';
  test.dataServer.links = [
    { from: nodeId, to: test.member.id, state: 'online', since },
    { from: test.gateway.id, to: test.storage.member.id, state: 'suspect', since },
  ];
  const asked = test.dataServer.asked;
  const [all, ofNode, amiss] = await Promise.all([
    test.admin.listLinks(),
    test.admin.listLinks({ query: { component: 'node-client@rack1' } }),
    test.admin.listLinks({ query: { state: 'suspect' } }),
  ]);
  expect(all.items).toHaveLength(2);
  expect(ofNode.items).toEqual([test.dataServer.links[0]]);
  expect(amiss.items).toEqual([test.dataServer.links[1]]);
  expect(test.dataServer.asked).toBe(asked + 1);
});

it('a removal is an operation that ends with the component cut off; the last Control Server stays', async () => {
  const since = new Date(0);
  const storage = await putComponent(test.store, { type: 'storage-server', name: 'rack2', state: 'gone', since });
  const operation = await test.admin.removeComponent({ params: { id: 'rack2' }, body: { lost: true } });
  expect(await test.ended(operation)).toMatchObject({ state: 'succeeded', target: { kind: 'component', id: storage } });
  expect(test.dataServer.removed).toEqual([storage]);
  await expect(test.admin.removeComponent({ params: { id: test.member.id }, body: {} })).rejects.toMatchObject({
    problem: { code: 'in-use', status: 409 },
  });
});

it('without any Data Server, this Control Server tells what it sees itself', async () => {
  await test.domain.kill(test.dataServer.member);
  await test.store.db
    .updateTable('lease')
    .set({ expires_at: new Date() })
    .where('name', 'like', 'data-server/%')
    .execute();
  await test.domain.kill(test.node.member);
  await waitFor(async () => {
    const { items } = await test.admin.listLinks({ query: { component: nodeId } });
    return items[0]?.state === 'gone';
  });
  const { items } = await test.admin.listLinks();
  expect(new Set(items.map(({ from }) => from))).toEqual(new Set([test.member.id]));
  expect(items.find(({ to }) => to === test.storage.member.id)?.state).toBe('online');
  const states = (await test.admin.listComponents()).items.map(({ type, state }) => [type, state]);
  expect(Object.fromEntries(states)).toMatchObject({
    'control-server': 'online',
    'data-server': 'gone',
    'node-client': 'gone',
  });
});
