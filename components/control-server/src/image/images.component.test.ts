import { GiB, type Image, MiB, TiB } from '@zhiyun/contracts';
import { newId, PlatformError, systemClock } from '@zhiyun/kernel';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putComponent } from '../component/testing.ts';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';
import { TestStorage, testSha256 } from './testing/test-storage.ts';

let test: TestControlServer;
beforeAll(async () => {
  test = await startTestControlServer();
});
afterAll(() => test[Symbol.asyncDispose]());

const image = (name: string): Promise<Image> => test.admin.getImage({ params: { id: name } });
const fails = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });

/** An upload whose bytes are all there, and checked. */
async function upload(name: string, sizeBytes = 1 * MiB): Promise<Image> {
  const { id } = await test.admin.createImage({ body: { name, kind: 'disk', sizeBytes } });
  test.storage.held.set(id, sizeBytes);
  await test.storageLink?.uploadFinished({ imageId: id });
  return waitFor(async () => {
    const found = await image(name);
    return (found.state === 'ready' || found.state === 'failed') && found.operation === null && found;
  });
}

describe('an upload', () => {
  it('shows where to send the bytes and how many have arrived, and becomes an image once it is checked', async () => {
    const made = await test.admin.createImage({ body: { name: 'debian', kind: 'disk', sizeBytes: 2 * MiB } });
    expect(made).toMatchObject({
      state: 'uploading',
      uploadedBytes: 0,
      uploadUrl: `https://cloud.example/api/v1/images/${made.id}/content`,
    });
    const authorization = `Bearer ${test.adminToken}`;
    expect(await test.link.authorizeUpload({ authorization, imageId: made.id })).toEqual({
      storageServerId: test.storage.member.id,
    });
    test.storage.held.set(made.id, 1 * MiB);
    expect((await image('debian')).uploadedBytes).toBe(1 * MiB);
    test.storage.held.set(made.id, 2 * MiB);
    await Promise.all([1, 2].map(() => test.storageLink?.uploadFinished({ imageId: made.id })));
    const ready = await waitFor(async () => {
      const found = await image('debian');
      return found.state === 'ready' && found;
    });
    expect(ready).toMatchObject({ format: 'qcow2', sha256: testSha256, virtualSizeBytes: 4 * MiB, uploadUrl: null });
    const { items } = await test.admin.listOperations({ query: { kind: 'image.check', target: made.id } });
    expect(items).toHaveLength(1);
    await expect(test.link.authorizeUpload({ authorization, imageId: made.id })).rejects.toThrow('takes no bytes');
  });

  it('may be written by nobody else', async () => {
    const { id: imageId } = await test.admin.createImage({ body: { name: 'secret', kind: 'iso', sizeBytes: 2048 } });
    const { token } = await test.newUser('viewer', 'viewer');
    await expect(test.link.authorizeUpload({ imageId })).rejects.toMatchObject({ code: 'not-authenticated' });
    const authorization = `Bearer ${token}`;
    await expect(test.link.authorizeUpload({ imageId, authorization })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('that does not pass is shown as failed with the reason, and can only be deleted', async () => {
    const { id } = await test.admin.createImage({ body: { name: 'bad', kind: 'iso', sizeBytes: 4096 } });
    test.storage.held.set(id, 4096);
    test.storage.refusal = new PlatformError('image-wrong-kind', 'This is a disk image, not an ISO.');
    await test.storageLink?.uploadFinished({ imageId: id });
    const failed = await waitFor(async () => {
      const found = await image('bad');
      return found.state === 'failed' && found.operation === null && found;
    });
    expect(failed.error).toEqual({ code: 'image-wrong-kind', detail: 'This is a disk image, not an ISO.' });
    const { items } = await test.admin.listOperations({ query: { target: id } });
    expect(items[0]).toMatchObject({ state: 'failed', error: { code: 'image-wrong-kind' } });
    // It does not keep the name from the next one.
    const again = await test.admin.createImage({ body: { name: 'bad', kind: 'iso', sizeBytes: 4096 } });
    await expect(image(id)).rejects.toEqual(fails('not-found'));
    const taken = test.admin.createImage({ body: { name: 'bad', kind: 'iso', sizeBytes: 4096 } });
    await expect(taken).rejects.toEqual(fails('name-taken'));
    expect((await test.ended(await test.admin.deleteImage({ params: { id: again.id } }))).state).toBe('succeeded');
    expect(test.storage.held.has(again.id)).toBe(false);
    await expect(image('bad')).rejects.toEqual(fails('not-found'));
  });

  it('that cannot be opened leaves no image', async () => {
    test.storage.refusal = new PlatformError('disk-full', 'Too large for what is left.');
    const body = { name: 'huge', kind: 'disk', sizeBytes: 1 * GiB } as const;
    await expect(test.admin.createImage({ body })).rejects.toEqual(fails('disk-full'));
    test.storage.refusal = undefined;
    await expect(image('huge')).rejects.toEqual(fails('not-found'));
  });

  it('is finished although its last word was lost, and given up after a day without a byte', async () => {
    const finished = await test.admin.createImage({ body: { name: 'unannounced', kind: 'disk', sizeBytes: 4096 } });
    const abandoned = await test.admin.createImage({ body: { name: 'abandoned', kind: 'disk', sizeBytes: 4096 } });
    test.storage.held.set(finished.id, 4096);
    const longAgo = new Date(systemClock.now() - 25 * 3_600_000);
    await test.store.db
      .updateTable('image')
      .set({ upload_progressed_at: longAgo })
      .where('id', 'in', [abandoned.id, finished.id])
      .execute();
    test.control.backgroundTasks.signal('watch-uploads');
    await waitFor(async () => (await image('unannounced')).state === 'ready');
    await waitFor(async () => !test.storage.held.has(abandoned.id));
    await waitFor(() =>
      image('abandoned').then(
        () => false,
        () => true,
      ),
    );
  });
});

it('bytes that no image stands for are swept, and no others', async () => {
  const { id } = await upload('kept');
  const nobodys = newId<Image['id']>();
  test.storage.held.set(nobodys, 4096);
  test.control.backgroundTasks.signal('sweep-images');
  await waitFor(() => !test.storage.held.has(nobodys));
  expect(test.storage.held.has(id)).toBe(true);
  await test.ended(await test.admin.deleteImage({ params: { id } }));
});

describe('an image', () => {
  it('has a name of its own, which can be changed', async () => {
    await upload('one');
    const body = { name: 'one', kind: 'disk', sizeBytes: 4096 } as const;
    await expect(test.admin.createImage({ body })).rejects.toEqual(fails('name-taken'));
    await upload('two');
    await expect(test.admin.updateImage({ params: { id: 'two' }, body: { name: 'one' } })).rejects.toEqual(
      fails('name-taken'),
    );
    expect(
      await test.admin.updateImage({ params: { id: 'two' }, body: { name: '二', description: 'x' } }),
    ).toMatchObject({
      name: '二',
      description: 'x',
    });
  });

  it('is not deleted while instances use it, and says which', async () => {
    await upload('used');
    const created = await test.admin.createInstance({
      body: { name: 'web-1', cores: 1, memoryBytes: 64 * MiB, disks: [{ sizeBytes: 16 * MiB, image: 'used' }] },
    });
    expect((await test.ended(created)).error).toBeNull();
    expect((await image('used')).instanceCount).toBe(1);
    const refused = test.admin.deleteImage({ params: { id: 'used' } });
    await expect(refused).rejects.toThrow('«web-1»');
    await expect(refused).rejects.toEqual(fails('in-use'));
    expect((await image('used')).state).toBe('ready');
    await test.ended(await test.admin.deleteInstance({ params: { id: 'web-1' } }));
    expect((await test.ended(await test.admin.deleteImage({ params: { id: 'used' } }))).state).toBe('succeeded');
  });

  it('whose Storage Server is gone is refused to a create at once, unless a node may have it already', async () => {
    await upload('kept-away');
    await putComponent(test.store, { id: test.storage.member.id, type: 'storage-server', name: 's-1', state: 'gone' });
    const body = {
      name: 'web-3',
      cores: 1,
      memoryBytes: 64 * MiB,
      disks: [{ sizeBytes: 16 * MiB, image: 'kept-away' }],
    };
    const refused = test.admin.createInstance({ body });
    await expect(refused).rejects.toEqual(fails('storage-unreachable'));
    await expect(refused).rejects.toThrow('«s-1» cannot be reached');
    const state = (to: 'online' | 'gone') =>
      test.store.db
        .updateTable('registration')
        .set({ state: to })
        .where('component_id', '=', test.storage.member.id)
        .execute();
    await state('online');
    expect((await test.ended(await test.admin.createInstance({ body }))).error).toBeNull();
    await state('gone');
    const second = await test.admin.createInstance({ body: { ...body, name: 'web-4' } });
    expect((await test.ended(second)).error).toBeNull();
    for (const id of ['web-3', 'web-4']) await test.ended(await test.admin.deleteInstance({ params: { id } }));
    await test.ended(await test.admin.deleteImage({ params: { id: 'kept-away' } }));
    await test.store.db.deleteFrom('component').where('id', '=', test.storage.member.id).execute();
  });

  it('is imported from a file, by an administrator; what fails leaves nothing', async () => {
    const body = { name: 'imported', kind: 'disk', path: '/srv/image.qcow2' } as const;
    const operation = await test.ended(await test.admin.importImage({ body, idempotencyKey: 'import-1' }));
    expect(operation).toMatchObject({ state: 'succeeded', target: { name: 'imported' } });
    expect((await test.admin.importImage({ body, idempotencyKey: 'import-1' })).id).toBe(operation.id);
    expect(await image('imported')).toMatchObject({ state: 'ready', sizeBytes: 1_000 });
    await expect(test.admin.importImage({ body })).rejects.toEqual(fails('name-taken'));
    test.storage.refusal = new PlatformError('image-refused', 'It has a backing file.');
    const failed = await test.ended(await test.admin.importImage({ body: { ...body, name: 'evil' } }));
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'image-refused' } });
    await expect(image('evil')).rejects.toEqual(fails('not-found'));
    expect(test.storage.held.has(failed.target.id as Image['id'])).toBe(false);
  });

  it('is imported where it is said, and moved from there; what cannot be is refused at once', async () => {
    const second = new TestStorage(test.domain, 'storage-2');
    await using _ = second.member;
    await second.member.start();
    await waitFor(() => test.member.onlinePeers('storage-server').length === 2);
    for (const { member } of [test.storage, second])
      await putComponent(test.store, { id: member.id, type: 'storage-server', name: member.name });
    await putComponent(test.store, { type: 'node-client', name: 'node-9' });
    const away = await putComponent(test.store, { type: 'storage-server', name: 'storage-3', state: 'gone' });

    const file = { name: 'wanderer', kind: 'disk', path: '/srv/image.qcow2', storageServer: 'storage-2' } as const;
    await test.ended(await test.admin.importImage({ body: file }));
    const { id, storageServer } = await image('wanderer');
    expect(storageServer).toEqual({ id: second.member.id, name: 'storage-2' });

    const move = (to: string) => test.admin.moveImage({ params: { id: 'wanderer' }, body: { storageServer: to } });
    await expect(move('nowhere')).rejects.toEqual(fails('invalid-request'));
    await expect(move('node-client@node-9')).rejects.toThrow('keeps no images');
    await expect(move('storage-2')).rejects.toEqual(fails('wrong-state'));
    await expect(move(away)).rejects.toEqual(fails('storage-unreachable'));
    test.storage.freeBytes = 10;
    await expect(move('storage-1')).rejects.toEqual(fails('disk-full'));
    test.storage.freeBytes = 1 * TiB;

    const moved = await test.ended(await move('storage-server@storage-1'));
    expect(moved).toMatchObject({ kind: 'image.move', state: 'succeeded' });
    expect((await image('wanderer')).storageServer?.name).toBe('storage-1');
    expect([test.storage.held.has(id), second.held.has(id)]).toEqual([true, false]);
    await test.ended(await test.admin.deleteImage({ params: { id } }));
  });

  it('whose check is cancelled says so', async () => {
    const gate = Promise.withResolvers<void>();
    test.storage.delay = gate.promise;
    const { id } = await test.admin.createImage({ body: { name: 'slow', kind: 'disk', sizeBytes: 4096 } });
    test.storage.held.set(id, 4096);
    await test.storageLink?.uploadFinished({ imageId: id });
    const { operation } = await image('slow');
    if (operation === null) throw new Error('nothing checks it');
    await test.admin.cancelOperation({ params: { id: operation } });
    const ended = await test.admin.getOperation({ params: { id: operation }, query: { waitSeconds: 10 } });
    expect(ended.state).toBe('cancelled');
    expect(await image('slow')).toMatchObject({ state: 'failed', error: { code: 'cancelled' } });
    gate.resolve();
    test.storage.delay = Promise.resolve();
  });

  it('is found by page, kind, state and part of the name', async () => {
    const all = (await test.admin.listImages({ query: { limit: 500 } })).items.map(({ name }) => name);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await test.admin.listImages({ query: { limit: 2, ...(cursor && { cursor }) } });
      paged.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(all);
    const names = async (query: object) => (await test.admin.listImages({ query })).items.map(({ name }) => name);
    expect(await names({ search: 'EBI' })).toEqual(['debian']);
    expect(await names({ search: '%' })).toEqual([]);
    expect(await names({ kind: 'iso' })).toEqual(['secret']);
    expect(await names({ state: 'failed' })).toEqual(['slow']);
  });
});
