/** Components taken out of a whole domain: two Storage Servers and a node on real (in-memory) links. */
import { type ComponentId, type Image, MiB, type Operation, TiB } from '@zhiyun/contracts';
import { waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestStorage } from '../../image/testing/test-storage.ts';
import { startTestControlServer, type TestControlServer } from '../../testing/test-control-server.ts';
import { putComponent } from '../testing.ts';

let test: TestControlServer;
let second: TestStorage;
let cutOff: readonly ComponentId[];
beforeEach(async () => {
  test = await startTestControlServer();
  second = new TestStorage(test.domain, 'storage-2');
  second.freeBytes = 1 * MiB;
  await second.member.start();
  cutOff = test.dataServer.removed;
  const { id: nodeId } = test.node;
  await putComponent(test.store, { id: test.storage.member.id, type: 'storage-server', name: 'storage-1' });
  await putComponent(test.store, { id: second.member.id, type: 'storage-server', name: 'storage-2' });
  await putComponent(test.store, { id: nodeId, type: 'node-client', name: 'node-1' });
  // With one that lives, what it writes of the others is what counts.
  const { id: dataServerId } = test.dataServer.member;
  await putComponent(test.store, { id: dataServerId, type: 'data-server', name: 'data-1', leaseMs: 600_000 });
  await waitFor(() => test.member.onlinePeers('storage-server').length === 2);
});
afterEach(async () => {
  await second.member[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const remove = async (id: ComponentId, lost = false): Promise<Operation> =>
  test.ended(await test.admin.removeComponent({ params: { id }, body: { lost } }));
const image = (name: string): Promise<Image> => test.admin.getImage({ params: { id: name } });

async function upload(name: string, sizeBytes: number): Promise<Image> {
  const { id } = await test.admin.createImage({ body: { name, kind: 'disk', sizeBytes } });
  test.storage.held.set(id, sizeBytes);
  await test.storageLink?.uploadFinished({ imageId: id });
  return waitFor(async () => {
    const found = await image(name);
    return found.state === 'ready' && found.operation === null && found;
  });
}
const keeperOf = async (id: Image['id']) =>
  (await test.store.db.selectFrom('image').select('storage_server_id').where('id', '=', id).executeTakeFirst())
    ?.storage_server_id;

/** As a Data Server tells it of one that has long been gone. */
async function markGone(id: ComponentId): Promise<void> {
  const gone = { state: 'gone', since: new Date(0) } as const;
  await test.store.db.updateTable('registration').set(gone).where('component_id', '=', id).execute();
}

it('the images of a Storage Server that leaves are moved first', async () => {
  const { id } = await upload('debian', 4 * MiB);
  expect(await keeperOf(id)).toBe(test.storage.member.id);
  const refused = await remove(test.storage.member.id);
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
  expect([cutOff, await keeperOf(id)]).toEqual([[], test.storage.member.id]);

  second.freeBytes = 1 * TiB;
  const removed = await remove(test.storage.member.id);
  expect(removed).toMatchObject({ state: 'succeeded', children: { total: 1, succeeded: 1 } });
  expect((await test.admin.listOperations({ query: { parent: removed.id } })).items).toMatchObject([
    { kind: 'image.move', state: 'succeeded', target: { name: 'debian' } },
  ]);
  expect(cutOff).toEqual([test.storage.member.id]);
  expect([await keeperOf(id), second.held.get(id)]).toEqual([second.member.id, 4 * MiB]);
});

it('one with an upload under way stays, and says which', async () => {
  await test.admin.createImage({ body: { name: 'arriving', kind: 'disk', sizeBytes: 4 * MiB } });
  const refused = await remove(test.storage.member.id);
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'in-use' } });
  expect(refused.error?.detail).toContain('«arriving»');
});

it('one that is lost is given up when others have its images, and only then', async () => {
  const { id } = await upload('debian', 4 * MiB);
  const lost = test.storage.member;
  await lost[Symbol.asyncDispose]();
  await markGone(lost.id);
  await waitFor(() => test.member.peer(lost.id)?.state === 'gone');
  const refused = await remove(lost.id, true);
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'in-use' } });
  expect(refused.error?.detail).toContain('«debian»');
  second.held.set(id, 4 * MiB);
  expect(await remove(lost.id, true)).toMatchObject({ state: 'succeeded' });
  expect(await keeperOf(id)).toBe(second.member.id);
});

it('a node with instances stays as it is; without them it goes', async () => {
  const body = { name: 'web', cores: 1, memoryBytes: 64 * MiB };
  await test.ended(await test.admin.createInstance({ body }));
  const refused = await remove(test.node.id);
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'in-use' } });
  expect(refused.error?.detail).toContain('«web»');
  const [node] = (await test.admin.listNodes()).items;
  expect(node).toMatchObject({ schedulable: true, state: 'online' });
  await test.ended(await test.admin.deleteInstance({ params: { id: 'web' } }));
  expect(await remove(test.node.id)).toMatchObject({ state: 'succeeded' });
  expect((await test.admin.listNodes()).items).toEqual([]);
  expect(cutOff).toEqual([test.node.id]);
});

it('a node that is lost goes with its accounts; its instances are lost, and can be deleted', async () => {
  const { id: nodeId } = test.node;
  const small = { cores: 1, memoryBytes: 64 * MiB, disks: [{ sizeBytes: 16 * MiB }] };
  for (const name of ['web', 'db']) await test.ended(await test.admin.createInstance({ body: { ...small, name } }));
  const instance = (name: string) => test.admin.getInstance({ params: { id: name } });
  await markGone(nodeId);
  const heard = await remove(nodeId, true);
  expect(heard).toMatchObject({ state: 'failed', error: { code: 'wrong-state' } });
  expect((await test.admin.listNodes()).items).toMatchObject([{ schedulable: true, instanceCount: 2 }]);

  await test.domain.kill(test.node.member);
  await waitFor(async () => (await instance('web')).state === 'unknown');
  expect(await remove(nodeId, true)).toMatchObject({ state: 'succeeded' });
  expect(cutOff).toEqual([nodeId]);
  expect((await test.admin.listNodes()).items).toEqual([]);
  expect(await instance('web')).toMatchObject({
    state: 'lost',
    node: null,
    stopDetail: expect.stringContaining('disks are still on that machine'),
    disks: [{ sizeBytes: 16 * MiB }],
  });
  const [pool] = (await test.admin.listComputePools()).items;
  expect(pool?.capacity.memoryBytes).toMatchObject({ total: 0, promised: 0 });

  const start = test.admin.startInstance({ params: { id: 'web' } });
  await expect(start).rejects.toMatchObject({ problem: { code: 'wrong-state' } });
  await test.admin.updateInstance({ params: { id: 'web' }, body: { name: 'www' } });
  expect(await test.ended(await test.admin.deleteInstance({ params: { id: 'www' } }))).toMatchObject({
    state: 'succeeded',
  });
  expect((await test.admin.listInstances({})).items).toMatchObject([{ name: 'db', state: 'lost' }]);
  expect((await test.admin.listEvents({ query: { kind: 'node.instances-changed' } })).items[0]).toMatchObject({
    data: { to: 'lost', count: 2 },
  });
});

it('a creation that waits for a node that is lost ends, and leaves nothing', async () => {
  test.node.delays.set('prepare', new Promise(() => {}));
  const body = { name: 'web', cores: 1, memoryBytes: 64 * MiB };
  const operation = await test.admin.createInstance({ body });
  await waitFor(async () => (await test.admin.listInstances({})).items.length === 1);
  await test.domain.kill(test.node.member);
  await markGone(test.node.id);
  await waitFor(async () => (await test.admin.listNodes()).items[0]?.state === 'offline');
  expect(await remove(test.node.id, true)).toMatchObject({ state: 'succeeded' });
  test.control.backgroundTasks.signal('retry-stuck');
  const state = async () => (await test.admin.getOperation({ params: { id: operation.id } })).state;
  await waitFor(async () => (await state()) === 'failed', { timeoutMs: 60_000 });
  expect((await test.admin.listInstances({})).items).toEqual([]);
});
