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

it('the images of a Storage Server that leaves are moved first', async () => {
  const { id } = await upload('debian', 4 * MiB);
  expect(await keeperOf(id)).toBe(test.storage.member.id);
  const refused = await remove(test.storage.member.id);
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
  expect([cutOff, await keeperOf(id)]).toEqual([[], test.storage.member.id]);

  second.freeBytes = 1 * TiB;
  expect(await remove(test.storage.member.id)).toMatchObject({ state: 'succeeded' });
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
  await test.store.db.updateTable('registration').set({ state: 'gone' }).where('component_id', '=', lost.id).execute();
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
