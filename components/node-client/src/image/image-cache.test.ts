import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ImageId, MiB } from '@zhiyun/contracts';
import type { NodeImage } from '@zhiyun/contracts/links';
import { type Clock, newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type NodePaths, nodePaths } from '../paths.ts';
import { createImageCache } from './image-cache.ts';
import type { ImageSource, LocalFile } from './image-source.ts';

const content = randomBytes(1 << 20);
const never = new AbortController().signal;
const hastyClock: Clock = { ...systemClock, sleep: async (_, signal) => signal?.throwIfAborted() };

let home: string;
let paths: NodePaths;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-images-'));
  paths = nodePaths(home);
  await mkdir(paths.images, { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));

function image(overrides: Partial<NodeImage> = {}): NodeImage {
  return {
    id: newId<ImageId>(),
    format: 'raw',
    sizeBytes: content.length,
    virtualSizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    ...overrides,
  };
}
type Bytes = (imageId: ImageId, offset: number, signal: AbortSignal) => Promise<Readable>;
const sourceOf = (bytes: Bytes, localFile?: LocalFile): ImageSource => ({
  localFile: async () => localFile,
  async read(imageId, sink, signal) {
    for await (const chunk of await bytes(imageId, sink.end, signal)) await sink.write(chunk);
  },
});
const cacheOf = (bytes: Bytes, localFile?: LocalFile) =>
  createImageCache({ paths, source: sourceOf(bytes, localFile), clock: hastyClock, log: silentLogger });
const whole: Bytes = async (_, offset) =>
  Readable.from([content.subarray(offset, 300_000), content.subarray(Math.max(offset, 300_000))]);

test('an image is fetched once for all who want it, read-only, with progress', async () => {
  let fetches = 0;
  const cache = cacheOf((...args) => {
    fetches++;
    return whole(...args);
  });
  const wanted = image();
  const seen: number[] = [];
  await Promise.all([
    cache.ensure(wanted, { signal: never, onProgress: (fraction) => seen.push(fraction) }),
    cache.ensure(wanted, { signal: never }),
  ]);
  await cache.ensure(wanted, { signal: never });

  expect(fetches).toBe(1);
  expect(await readFile(paths.image(wanted.id))).toEqual(content);
  expect((await stat(paths.image(wanted.id))).mode & 0o777).toBe(0o444);
  expect(seen).toEqual([300_000 / content.length, 1]);
  expect(await cache.list()).toEqual([wanted.id]);
  await cache.remove(wanted.id);
  expect(await readdir(paths.images)).toEqual([]);
});

test('a fetch that breaks off goes on where it ended', async () => {
  const offsets: number[] = [];
  const cache = cacheOf(async (_, offset) => {
    offsets.push(offset);
    async function* bytes() {
      yield content.subarray(offset, offset + 400_000);
      if (offset + 400_000 < content.length) throw new PlatformError('unavailable', 'the link broke');
    }
    return Readable.from(bytes());
  });
  const wanted = image();
  await cache.ensure(wanted, { signal: never });
  expect(offsets).toEqual([0, 400_000, 800_000]);
  expect(await readFile(paths.image(wanted.id))).toEqual(content);
});

test('what an agent that was killed had fetched is not fetched again, but checked', async () => {
  const wanted = image();
  await writeFile(`${paths.image(wanted.id)}.part`, content.subarray(0, 500_000));
  const offsets: number[] = [];
  await cacheOf((id, offset, signal) => {
    offsets.push(offset);
    return whole(id, offset, signal);
  }).ensure(wanted, { signal: never });
  expect(offsets).toEqual([500_000]);
  expect(await readFile(paths.image(wanted.id))).toEqual(content);
});

describe('a file of the same machine', () => {
  async function kept(bytes: Buffer = content): Promise<LocalFile & { path: string }> {
    const path = join(home, 'kept');
    await writeFile(path, bytes, { mode: 0o444 });
    const { dev, ino } = await stat(path, { bigint: true });
    return { path, device: String(dev), inode: String(ino) };
  }
  const unasked: Bytes = () => Promise.reject(new Error('asked for bytes'));

  test('is taken as it is, and read to be checked', async () => {
    const local = await kept();
    const wanted = image();
    const seen: number[] = [];
    await writeFile(`${paths.image(wanted.id)}.part`, 'half');
    await cacheOf(unasked, local).ensure(wanted, { signal: never, onProgress: (fraction) => seen.push(fraction) });
    expect((await stat(paths.image(wanted.id), { bigint: true })).ino).toBe(BigInt(local.inode));
    expect(await readdir(paths.images)).toEqual([wanted.id]);
    const cache = cacheOf(unasked);
    await cache.remove(wanted.id);
    expect(await readFile(local.path)).toEqual(content);
  });

  test.each<[string, (local: LocalFile) => Promise<unknown>]>([
    ['is not there', ({ path }) => rename(path, `${path}.old`)],
    [
      'is another file',
      async ({ path }) => {
        await rename(path, `${path}.old`);
        await writeFile(path, content, { mode: 0o444 });
      },
    ],
    [
      'is a link',
      async ({ path }) => {
        await rename(path, `${path}.old`);
        await symlink(`${path}.old`, path);
      },
    ],
    ['may be written', ({ path }) => chmod(path, 0o644)],
    [
      'has other bytes',
      async ({ path }) => {
        await chmod(path, 0o644);
        await writeFile(path, randomBytes(content.length));
        await chmod(path, 0o444);
      },
    ],
    [
      'has another size',
      async ({ path }) => {
        await chmod(path, 0o644);
        await writeFile(path, 'x');
        await chmod(path, 0o444);
      },
    ],
  ])('that %s is not taken: the bytes are asked for', async (_, change) => {
    const local = await kept();
    await change(local);
    const wanted = image();
    await cacheOf(whole, local).ensure(wanted, { signal: never });
    expect(await readFile(paths.image(wanted.id))).toEqual(content);
    expect(String((await stat(paths.image(wanted.id), { bigint: true })).ino)).not.toBe(local.inode);
    expect(await readdir(paths.images)).toEqual([wanted.id]);
  });
});

test('holes stay holes, and are not fetched', async () => {
  const sizeBytes = 64 * MiB;
  const bytes = Buffer.concat([content, Buffer.alloc(sizeBytes - content.length)]);
  const wanted = image({ sizeBytes, sha256: createHash('sha256').update(bytes).digest('hex') });
  const source: ImageSource = {
    localFile: async () => undefined,
    async read(_, sink) {
      await sink.write(content);
      await sink.skipTo(sizeBytes);
    },
  };
  await createImageCache({ paths, source, clock: hastyClock, log: silentLogger }).ensure(wanted, { signal: never });
  const { size, blocks } = await stat(paths.image(wanted.id));
  expect(size).toBe(sizeBytes);
  expect(blocks * 512).toBeLessThan(2 * MiB);
});

test.each([
  ['other bytes', { sha256: 'f'.repeat(64) }],
  ['more bytes than promised', { sizeBytes: content.length - 1 }],
])('%s are thrown away', async (_, overrides) => {
  const cache = cacheOf(whole);
  await expect(cache.ensure(image(overrides), { signal: never })).rejects.toMatchObject({ code: 'checksum-mismatch' });
  expect(await readdir(paths.images)).toEqual([]);
});

test('nobody who has it: the tries end', async () => {
  const cache = cacheOf(() => Promise.reject(new PlatformError('storage-unreachable', 'no Storage Server is online')));
  await expect(cache.ensure(image(), { signal: never })).rejects.toMatchObject({ code: 'storage-unreachable' });
});

test('no room for it: said before the first byte', async () => {
  let asked = false;
  const cache = cacheOf(async () => {
    asked = true;
    return Readable.from([]);
  });
  await expect(cache.ensure(image({ sizeBytes: 2 ** 52 }), { signal: never })).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringContaining('disk of the node'),
  });
  expect(asked).toBe(false);
});

test('the last one who gives up ends the fetch', async () => {
  const began = Promise.withResolvers<AbortSignal>();
  const cache = cacheOf((_, _offset, signal) => {
    began.resolve(signal);
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const first = new AbortController();
  const second = new AbortController();
  const wanted = image();
  const waiting = [first, second].map(({ signal }) => cache.ensure(wanted, { signal }));
  const fetching = await began.promise;
  first.abort(new PlatformError('cancelled', 'first'));
  await expect(waiting[0]).rejects.toMatchObject({ message: 'first' });
  expect(fetching.aborted).toBe(false);
  second.abort(new PlatformError('cancelled', 'second'));
  await expect(waiting[1]).rejects.toMatchObject({ message: 'second' });
  expect(fetching.aborted).toBe(true);
});
