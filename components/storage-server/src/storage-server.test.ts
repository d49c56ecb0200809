import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ImageId, ImageKind } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { bodyBytes } from '@zhiyun/link';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isoImage, qcow2Image, rawDisk } from './testing/images.ts';
import { noise, type StorageDomain, sha256, startStorageDomain, verdict } from './testing/storage-domain.ts';

const MiB = 1024 * 1024;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

let home: string;
let finished: ImageId[];
let id: ImageId;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-storage-'));
  ends.push(() => rm(home, { recursive: true }));
  finished = [];
  id = newId<ImageId>();
});

const startDomain = (options?: { hear?: boolean }) => startStorageDomain({ home, id, ends, finished, ...options });

async function upload({ calls, patch }: StorageDomain, image: Buffer): Promise<void> {
  await calls.openUpload({ imageId: id, sizeBytes: image.length });
  const { status, body } = await patch(0, image);
  await bodyBytes({ body });
  expect(status).toBe(204);
}

describe('upload', () => {
  test('becomes an image that nodes can read from anywhere', async () => {
    const domain = await startDomain();
    const image = noise(3 * MiB);
    await upload(domain, image);
    await vi.waitUntil(() => finished.includes(id));
    const expected = { format: 'raw', sizeBytes: image.length, virtualSizeBytes: image.length, sha256: sha256(image) };
    const check = () => verdict(domain.calls.checkUpload, { imageId: id, kind: 'disk', sha256: sha256(image) });
    expect(await check()).toEqual(expected);
    expect(await check()).toEqual(expected);
    expect(await domain.calls.listImages({})).toMatchObject({ images: [id], uploads: [] });
    expect(await domain.calls.uploadOffset({ imageId: id })).toEqual({ offsetBytes: image.length });
    for (const offsetBytes of [0, MiB + 7, image.length]) {
      const bytes = await domain.node.readImage({ imageId: id, offsetBytes });
      bytes.end();
      expect(sha256(await buffer(bytes))).toBe(sha256(image.subarray(offsetBytes)));
    }
    const file = await domain.node.imageFile({ imageId: id });
    expect(await stat(file.path, { bigint: true })).toMatchObject({
      dev: BigInt(file.device),
      ino: BigInt(file.inode),
    });
  });

  test('cut in the middle, continues where it was and is the same', async () => {
    const domain = await startDomain();
    const image = noise(4 * MiB);
    await domain.calls.openUpload({ imageId: id, sizeBytes: image.length });
    const line = new PassThrough();
    const cut = new AbortController();
    const broken = domain.patch(0, line, cut.signal).catch(() => undefined);
    line.write(image.subarray(0, 2 * MiB));
    await vi.waitUntil(async () => (await domain.calls.uploadOffset({ imageId: id })).offsetBytes > 0);
    cut.abort();
    await broken;
    const arrived = await domain.offset();
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThanOrEqual(2 * MiB);
    expect(await verdict(domain.calls.checkUpload, { imageId: id, kind: 'disk' })).toMatchObject({
      code: 'wrong-state',
    });

    const { status, headers, body } = await domain.patch(arrived, image.subarray(arrived));
    await bodyBytes({ body });
    expect([status, headers['upload-offset']]).toEqual([204, String(image.length)]);
    expect(await verdict(domain.calls.checkUpload, { imageId: id, kind: 'disk' })).toMatchObject({
      sha256: sha256(image),
    });
  });

  test('that nobody heard of is told again after a restart', async () => {
    const deaf = await startDomain({ hear: false });
    await upload(deaf, rawDisk(MiB));
    await vi.waitUntil(() => finished.length > 0);
    await deaf.server.stop();
    finished = [];
    await startDomain();
    await vi.waitUntil(() => finished.includes(id));
  });

  test.each([
    ['an ISO as disk', isoImage(), 'disk', 'image-wrong-kind'],
    ['a disk as ISO', rawDisk(MiB), 'iso', 'image-wrong-kind'],
    ['a backing file', qcow2Image({ backingFile: '/etc/shadow' }), 'disk', 'image-refused'],
  ] as const)('%s is refused, each time alike, and its bytes are gone', async (_name, image, kind, code) => {
    const domain = await startDomain();
    await upload(domain, image);
    const check = () => verdict(domain.calls.checkUpload, { imageId: id, kind });
    const first = await check();
    expect(first).toMatchObject({ code });
    expect(await check()).toEqual(first);
    expect(await domain.calls.listImages({})).toMatchObject({ images: [], uploads: [] });
    expect(await domain.offset()).toBe(404);
    await domain.calls.removeImage({ imageId: id });
    expect(await remains()).toEqual([]);
  });

  test('with another checksum than said is refused', async () => {
    const domain = await startDomain();
    await upload(domain, rawDisk(MiB));
    const wrong = { imageId: id, kind: 'disk', sha256: '0'.repeat(64) } as const;
    expect(await verdict(domain.calls.checkUpload, wrong)).toMatchObject({ code: 'checksum-mismatch' });
  });

  test('is opened once, and only the Control Server opens and ends it', async () => {
    const domain = await startDomain();
    await domain.calls.openUpload({ imageId: id, sizeBytes: MiB });
    const { body } = await domain.patch(0, rawDisk(512));
    await bodyBytes({ body });
    await domain.calls.openUpload({ imageId: id, sizeBytes: MiB });
    expect(await domain.offset()).toBe(512);
    await expect(domain.calls.openUpload({ imageId: id, sizeBytes: 2 * MiB })).rejects.toMatchObject({
      code: 'wrong-state',
    });
    for (const method of ['DELETE', 'POST', 'GET']) {
      const response = await domain.tus({ method, headers: {} });
      expect([method, response.status]).toEqual([method, 405]);
      expect(JSON.parse(String(await bodyBytes(response)))).toMatchObject({ code: 'method-not-allowed' });
    }
    await domain.calls.removeImage({ imageId: id });
    expect(await remains()).toEqual([]);
  });

  test('says what is wrong as a problem', async () => {
    const domain = await startDomain();
    const problem = async (offset: number, body: Buffer) => {
      const response = await domain.patch(offset, body);
      expect(response.headers['content-type']).toBe('application/problem+json');
      return JSON.parse(String(await bodyBytes(response)));
    };
    expect(await problem(0, rawDisk(512))).toMatchObject({ code: 'not-found', status: 404 });
    await domain.calls.openUpload({ imageId: id, sizeBytes: 512 });
    expect(await problem(100, rawDisk(512))).toMatchObject({ code: 'upload-offset-mismatch', status: 409 });
    expect((await problem(0, rawDisk(1024))).status).toBe(413);
    const bare = await domain.tus({ method: 'PATCH', headers: { 'content-type': 'application/offset+octet-stream' } });
    await bodyBytes(bare);
    expect(bare.status).toBe(400);
    const type = await domain.tus({ method: 'PATCH', headers: { 'content-type': 'text/plain', 'upload-offset': '0' } });
    expect([type.status, JSON.parse(String(await bodyBytes(type))).code]).toEqual([415, 'unsupported-media-type']);
    for (const version of ['0.2.2', '']) {
      const old = await domain.tus({ method: 'HEAD', headers: { 'tus-resumable': version } });
      expect([old.status, old.headers['tus-version']]).toEqual([412, '1.0.0']);
    }
    const right = await domain.tus({ method: 'HEAD', headers: {} });
    expect(Object.keys(right.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const elsewhere = await domain.tus({ method: 'HEAD', headers: {} }, '/uploads/..%2frecords');
    expect(elsewhere.status).toBe(404);
  });

  test('larger than the disk is refused before it begins', async () => {
    const domain = await startDomain();
    const huge = domain.calls.openUpload({ imageId: id, sizeBytes: 2 ** 52 });
    await expect(huge).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/are needed, .* are free/),
    });
    expect(await remains()).toEqual([]);
  });
});

describe('import', () => {
  async function bringIn(path: string, kind: ImageKind = 'disk') {
    const { calls } = await startDomain();
    return verdict(calls.importFile, { imageId: id, kind, path });
  }
  async function fileWith(content: Buffer): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'zhiyun-import-'));
    ends.push(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'image'), content);
    return join(directory, 'image');
  }

  test('copies a file and leaves it as it was', async () => {
    const image = Buffer.concat([noise(MiB), Buffer.alloc(3 * MiB), noise(MiB)]);
    const path = await fileWith(image);
    expect(await bringIn(path)).toMatchObject({ format: 'raw', sha256: sha256(image) });
    expect(await readdir(join(home, 'storage-server/images'))).toEqual([id]);
  });

  test('refuses what is no regular file, or not to be brought in', async () => {
    const path = await fileWith(rawDisk(MiB));
    await symlink(path, `${path}.link`);
    await writeFile(join(home, 'secret'), rawDisk(MiB));
    const refused: [string, RegExp][] = [
      ['/dev/zero', /not a regular file/],
      ['/proc/self/mem', /no image can be there/],
      ['/sys/kernel/notes', /no image can be there/],
      [tmpdir(), /not a regular file/],
      [`${path}.link`, /symbolic link/],
      [`${path}.none`, /no such file/],
      ['image', /absolute/],
      [join(home, 'secret'), /belongs to the platform/],
    ];
    const { calls } = await startDomain();
    for (const [each, detail] of refused) {
      const answer = await verdict(calls.importFile, { imageId: id, kind: 'disk', path: each });
      expect(answer).toMatchObject({ code: 'invalid-request', message: expect.stringMatching(detail) });
    }
    expect(await remains()).toEqual([]);
  });

  test('refuses an image like an upload, and leaves nothing', async () => {
    const path = await fileWith(qcow2Image({ incompatible: 4n }));
    expect(await bringIn(path)).toMatchObject({ code: 'image-refused' });
    expect(await remains()).toEqual([]);
  });
});

describe('an image of another Storage Server', () => {
  const checkedAs = (image: Buffer) =>
    ({ id, format: 'raw', sizeBytes: image.length, virtualSizeBytes: image.length, sha256: sha256(image) }) as const;
  /** Sends the bytes and waits for the answer. */
  async function send({ calls }: StorageDomain, image: ReturnType<typeof checkedAs>, bytes: Buffer | Readable) {
    const pipe = await calls.receiveImage({ image });
    if (Buffer.isBuffer(bytes)) pipe.end(bytes);
    else bytes.pipe(pipe);
    expect(await buffer(pipe)).toHaveLength(0);
  }

  test('is taken in once, whole and checked; said again, no byte is read', async () => {
    const domain = await startDomain();
    const image = Buffer.concat([noise(MiB), Buffer.alloc(2 * MiB), noise(MiB)]);
    await send(domain, checkedAs(image), image);
    const again = await domain.calls.receiveImage({ image: checkedAs(image) });
    expect(await buffer(again)).toHaveLength(0);
    again.destroy();
    expect(await domain.calls.listImages({})).toMatchObject({ images: [id], uploads: [] });
    const bytes = await domain.node.readImage({ imageId: id, offsetBytes: 0 });
    bytes.end();
    expect(sha256(await buffer(bytes))).toBe(sha256(image));
    expect(await remains()).toEqual([`images/${id}`, `records/${id}.json`]);
  });

  test.each([
    ['other bytes', (image: Buffer) => Buffer.from(image).fill(7, 600, 700)],
    ['too few bytes', (image: Buffer) => image.subarray(0, MiB)],
    ['too many bytes', (image: Buffer) => Buffer.concat([image, image])],
  ])('%s are refused and leave nothing', async (_name, spoil) => {
    const domain = await startDomain();
    const image = noise(2 * MiB);
    await expect(send(domain, checkedAs(image), spoil(image))).rejects.toMatchObject({ code: 'checksum-mismatch' });
    expect(await remains()).toEqual([]);
    await send(domain, checkedAs(image), image);
  });

  test('that breaks off in the middle, or is larger than the disk, leaves nothing', async () => {
    const domain = await startDomain();
    const image = noise(2 * MiB);
    const pipe = await domain.calls.receiveImage({ image: checkedAs(image) });
    pipe.write(image.subarray(0, MiB));
    await vi.waitUntil(async () => (await remains()).length === 1);
    pipe.destroy();
    await vi.waitUntil(async () => (await remains()).length === 0);
    const huge = domain.calls.receiveImage({ image: { ...checkedAs(image), sizeBytes: 2 ** 52 } });
    await expect(huge).rejects.toMatchObject({ code: 'disk-full' });
    expect(await remains()).toEqual([]);
  });
});

test('what a crash leaves half done is gone after the restart, and the check can be done again', async () => {
  const first = await startDomain();
  await upload(first, rawDisk(MiB));
  const root = join(home, 'storage-server');
  const other = newId<ImageId>();
  const image = { format: 'raw', sizeBytes: MiB, virtualSizeBytes: MiB, sha256: '0'.repeat(64) };
  await writeFile(join(root, 'records', `${id}.json`), JSON.stringify({ outcome: 'image', image }));
  await writeFile(join(root, 'records', `${other}.json.new`), '{');
  await writeFile(join(root, 'incoming', other), 'half a copy');
  await writeFile(join(root, 'uploads', other), '');
  const second = await startDomain();
  expect(await remains()).toEqual([`uploads/${id}`, `uploads/${id}.json`]);
  expect(await verdict(second.calls.checkUpload, { imageId: id, kind: 'disk' })).toMatchObject({
    sha256: sha256(rawDisk(MiB)),
  });
});

/** Every file of the Storage Server. */
async function remains(): Promise<string[]> {
  const root = join(home, 'storage-server');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isFile() ? join(entry.parentPath, entry.name).slice(root.length + 1) : []))
    .sort();
}
