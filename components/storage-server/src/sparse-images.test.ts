/** Images with holes: kept, taken in and sent without them. */
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ImageId, MiB } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { bodyBytes } from '@zhiyun/link';
import { readSparseStream, SparseWriter } from '@zhiyun/service';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noise, type StorageDomain, sha256, startStorageDomain, verdict } from './testing/storage-domain.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

let home: string;
let id: ImageId;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-storage-'));
  ends.push(() => rm(home, { recursive: true }));
  id = newId<ImageId>();
});
const startDomain = () => startStorageDomain({ home, id, ends, finished: [] });

/** As a node receives it: the whole image, and how many bytes came over the link. */
async function received(domain: StorageDomain, offsetBytes: number): Promise<{ image: Buffer; bytes: number }> {
  const pieces = await domain.node.readImageData({ imageId: id, offsetBytes });
  pieces.end();
  let bytes = 0;
  async function* counted() {
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      bytes += piece.length;
      yield piece;
    }
  }
  await using copy = await open(join(home, 'received'), 'w+');
  await copy.truncate(offsetBytes);
  const writer = new SparseWriter(copy, offsetBytes);
  await writer.skipTo((await readSparseStream(counted(), writer)) ?? 0);
  await writer.flush();
  return { image: await readFile(join(home, 'received')), bytes };
}

const sizeBytes = 96 * MiB;
const sparse = () => {
  const image = Buffer.alloc(sizeBytes);
  noise(2 * MiB).copy(image);
  noise(MiB).copy(image, 80 * MiB);
  return image;
};
const kept = async () => (await stat(join(home, 'storage-server/images', id))).blocks * 512;

test('a sparse image that is uploaded stays sparse, is hashed while it arrives, and goes to nodes without its holes', async () => {
  const domain = await startDomain();
  const image = sparse();
  const digest = sha256(image);
  await domain.calls.openUpload({ imageId: id, sizeBytes });
  for (const [from, to] of [
    [0, 40 * MiB],
    [40 * MiB, 40 * MiB + 5],
    [40 * MiB + 5, sizeBytes],
  ] as const) {
    const { status, body } = await domain.patch(from, Readable.from(image.subarray(from, to)));
    await bodyBytes({ body });
    expect(status).toBe(204);
    expect(await domain.offset()).toBe(to);
  }
  expect(await verdict(domain.calls.checkUpload, { imageId: id, kind: 'disk' })).toMatchObject({ sha256: digest });
  expect(await kept()).toBeLessThan(8 * MiB);
  for (const offsetBytes of [0, 81 * MiB]) {
    const { image: copy, bytes } = await received(domain, offsetBytes);
    expect(bytes).toBeLessThan(4 * MiB);
    expect(copy.subarray(offsetBytes).equals(image.subarray(offsetBytes))).toBe(true);
  }
});

test('a sparse image that is imported stays sparse, and no hole is read', async () => {
  const domain = await startDomain();
  const path = join(await mkdtemp(join(tmpdir(), 'zhiyun-import-')), 'sparse.img');
  ends.push(() => rm(join(path, '..'), { recursive: true }));
  await writeFile(path, noise(2 * MiB), { mode: 0o600 });
  await truncate(path, sizeBytes);
  const image = await verdict(domain.calls.importFile, { imageId: id, kind: 'disk', path });
  expect(image).toMatchObject({ sizeBytes, sha256: sha256(await readFile(path)) });
  expect(await kept()).toBeLessThan(8 * MiB);
});
