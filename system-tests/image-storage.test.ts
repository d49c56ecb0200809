/** The Storage Server with real images, on a disk that fills up, and killed at any moment. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ImageId } from '@zhiyun/contracts';
import { storageServerLink } from '@zhiyun/contracts/links';
import { buildTestGuest } from '@zhiyun/guest-image';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { bodyBytes, createMemoryDomain, type Peer } from '@zhiyun/link';
import { createStorageServer } from '@zhiyun/storage-server';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

const MiB = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'zhiyun-storage-'));
afterAll(() => rmSync(directory, { recursive: true }));
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A Storage Server on `home` as its peers see it. */
async function startStorage(home: string) {
  const domain = createMemoryDomain();
  const [control, gateway, storage] = (['control-server', 'http-gateway', 'storage-server'] as const).map((type) => {
    const member = domain.join({ type, name: type });
    ends.push(() => member[Symbol.asyncDispose]());
    return member;
  });
  if (!control || !gateway || !storage) throw new Error('three members');
  const server = await createStorageServer({ member: storage, home, clock: systemClock, log: silentLogger });
  ends.push(() => server.stop());
  await server.start();
  for (const member of [control, gateway]) await member.start();
  const seenBy = (viewer: typeof control): Promise<Peer> =>
    vi.waitUntil(() => viewer.onlinePeers('storage-server').at(0));
  return { calls: (await seenBy(control)).as(storageServerLink), gateway: await seenBy(gateway) };
}
type Calls = Awaited<ReturnType<typeof startStorage>>['calls'];

function verdict(importFile: Calls['importFile'], params: Parameters<Calls['importFile']>[0]): Promise<unknown> {
  return importFile(params).catch((error: unknown) => error);
}

function freshHome(): string {
  return mkdtempSync(join(directory, 'home-'));
}

describe('real images', () => {
  test('the test guest comes in, checked by qemu-img', async () => {
    const guest = await buildTestGuest({ cacheDirectory: join(import.meta.dirname, '../.cache') });
    const { calls } = await startStorage(freshHome());
    const { sha256, path, sizeBytes } = guest;
    const imageId = newId<ImageId>();
    expect(await verdict(calls.importFile, { imageId, kind: 'disk', sha256, path })).toMatchObject({
      ...{ format: 'qcow2', sha256, sizeBytes },
      virtualSizeBytes: expect.any(Number),
    });
  });

  test('damage that only qemu-img finds is refused', async () => {
    const path = join(directory, 'damaged.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', 'preallocation=metadata', path, '8M']);
    const clusterBytes = 65_536;
    const header = readFileSync(path);
    const l1 = Number(header.readBigUInt64BE(40));
    const l2 = Number(header.readBigUInt64BE(l1) & 0x00ff_ffff_ffff_fe00n);
    // The first two clusters of the disk share one place in the file.
    const shared = header.subarray(l2, l2 + 8);
    writeSync(openSync(path, 'r+'), shared, 0, 8, l2 + 8);
    expect(statSync(path).size).toBeGreaterThan(4 * clusterBytes);
    const { calls } = await startStorage(freshHome());
    expect(await verdict(calls.importFile, { imageId: newId(), kind: 'disk', path })).toMatchObject({
      code: 'image-refused',
      message: expect.stringContaining('damaged inside'),
    });
  });
});

const missing = unmet({ rootFor: 'mounting a small disk' });
describe.skipIf(missing)(skippable('a disk of 16 MiB', missing), () => {
  function smallDisk(): string {
    const home = join(directory, `small-${ends.length}-${Date.now()}`);
    mkdirSync(home);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16M', 'zhiyun-test', home]);
    ends.unshift(() => execFileSync('umount', ['-l', home]));
    return home;
  }
  const filesIn = (home: string) =>
    readdirSync(join(home, 'storage-server'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );

  test('is too small for an import: said, and nothing is left', async () => {
    const path = join(directory, 'large.raw');
    writeFileSync(path, Buffer.alloc(20 * MiB, 0xab));
    const home = smallDisk();
    const { calls } = await startStorage(home);
    expect(await verdict(calls.importFile, { imageId: newId(), kind: 'disk', path })).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/20 MiB are needed, .* free/),
    });
    expect(filesIn(home)).toEqual([]);
  });

  test('fills up under an upload: said, and the space is given back', async () => {
    const home = smallDisk();
    const { calls, gateway } = await startStorage(home);
    const imageId = newId<ImageId>();
    await calls.openUpload({ imageId, sizeBytes: 12 * MiB });
    const send = async (body: AsyncIterable<Buffer>) => {
      const headers = {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      };
      const request = { method: 'PATCH', path: `/uploads/${imageId}`, headers, body: Readable.from(body) };
      const response = await gateway.request(request);
      return JSON.parse(String(await bodyBytes(response)));
    };
    const full = await send(
      (async function* () {
        yield Buffer.alloc(MiB, 1);
        await vi.waitUntil(async () => (await calls.uploadOffset({ imageId })).offsetBytes > 0);
        // Somebody else takes what was free.
        writeFileSync(join(home, 'other'), Buffer.alloc(10 * MiB, 1));
        for (let sent = 1; sent < 12; sent++) yield Buffer.alloc(MiB, 1);
      })(),
    );
    expect(full).toMatchObject({ code: 'disk-full', status: 507, detail: expect.stringContaining('needed') });
    expect(await calls.uploadOffset({ imageId })).toEqual({ offsetBytes: 0 });
    const again = await send(
      (async function* () {
        yield Buffer.alloc(MiB, 1);
      })(),
    );
    expect(again).toMatchObject({ code: 'disk-full' });
  });
});

describe('kill -9 at any moment', () => {
  test('leaves no half image', async () => {
    const home = freshHome();
    const source = join(directory, 'source.raw');
    const content = Buffer.alloc(8 * MiB, 'zhiyun\x01');
    writeFileSync(source, content);
    const script = `
      import { ImageFiles } from '${new URL('../components/storage-server/src/image-files.ts', import.meta.url)}';
      import { ImageKeeper } from '${new URL('../components/storage-server/src/image-keeper.ts', import.meta.url)}';
      import { UploadStore } from '${new URL('../components/storage-server/src/upload/upload-store.ts', import.meta.url)}';
      import { randomUUID } from 'node:crypto';
      const [home, path] = process.argv.slice(-2);
      const files = new ImageFiles(home);
      await files.open();
      const keeper = new ImageKeeper({ files, uploads: new UploadStore(files.uploads), home });
      const watch = { signal: new AbortController().signal, progress() {} };
      console.log('ready');
      for (;;) {
        await keeper.importFile(randomUUID(), path, { kind: 'disk' }, watch);
        console.log('done');
      }`;
    // In a file: threads inherit the flags that a script given by word needs, and refuse them.
    const program = join(directory, 'import-for-ever.mjs');
    writeFileSync(program, script);
    /** How long this machine takes for one: each moment of it is to be hit. */
    let onceMs = 0;
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [program, home, source], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      const startedMs = performance.now();
      if (round === 0) await once(child.stdout, 'data');
      onceMs ||= performance.now() - startedMs;
      await systemClock.sleep(Math.random() * 1.5 * onceMs);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const { calls } = await startStorage(home);
    const { images } = await calls.listImages({});
    const root = join(home, 'storage-server');
    expect(images.length).toBeGreaterThan(0);
    expect(readdirSync(join(root, 'incoming'))).toEqual([]);
    expect(readdirSync(join(root, 'records')).sort()).toEqual(images.map((id) => `${id}.json`));
    const expected = createHash('sha256').update(content).digest('hex');
    for (const id of images) {
      const bytes = readFileSync(join(root, 'images', id));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(expected);
      expect(JSON.parse(readFileSync(join(root, 'records', `${id}.json`), 'utf8')).image.sha256).toBe(expected);
      expect(statSync(join(root, 'images', id)).mode & 0o777).toBe(0o444);
    }
  });
});
