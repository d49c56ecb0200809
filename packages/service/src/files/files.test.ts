import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KiB, MiB } from '@zhiyun/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileHash, hashFile } from './file-hash.ts';
import { readSparseStream, sparseStream } from './sparse-stream.ts';
import { SparseWriter } from './sparse-writer.ts';

let directory: string;
let file: FileHandle;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-files-'));
  file = await open(join(directory, 'file'), 'w+');
});
afterEach(async () => {
  await file.close();
  await rm(directory, { recursive: true });
});
const content = () => readFile(join(directory, 'file'));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const kept = async () => (await stat(join(directory, 'file'))).blocks * 512;

/** Data, a hole, data, and a hole at the end. */
function sparseContent(): Buffer {
  const bytes = Buffer.alloc(12 * MiB);
  randomBytes(3 * MiB).copy(bytes, 0);
  randomBytes(5).copy(bytes, 9 * MiB - 2);
  return bytes;
}

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

test.each([16 * KiB, 1000, 5 * MiB])('pieces of %d bytes arrive as they are, and zeros as holes', async (length) => {
  const bytes = sparseContent();
  const writer = new SparseWriter(file);
  for await (const piece of inPieces(bytes, length)) await writer.write(piece);
  expect(await writer.flush()).toBe(bytes.length);
  expect((await content()).equals(bytes)).toBe(true);
  if (length === 16 * KiB) expect(await kept()).toBeLessThan(4 * MiB);
});

test('a writer goes on where it is told, and tells of a write that failed', async () => {
  await file.write(Buffer.alloc(100, 1));
  const writer = new SparseWriter(file, 100);
  await writer.write(Buffer.alloc(50, 2));
  await writer.skipTo(1000);
  await writer.write(Buffer.alloc(1, 3));
  expect(await writer.flush()).toBe(1001);
  expect([...new Set(await content())]).toEqual([1, 2, 0, 3]);

  const readOnly = await open(join(directory, 'file'), 'r');
  const refused = new SparseWriter(readOnly);
  await refused.write(Buffer.alloc(100, 1));
  await expect(refused.flush()).rejects.toThrow('EBADF');
  await readOnly.close();
});

test('a file goes over the wire without its holes, from any position', async () => {
  const bytes = sparseContent();
  await file.write(bytes);
  for (const from of [0, 1, 3 * MiB, 10 * MiB]) {
    const sent = await Array.fromAsync(sparseStream(file, bytes.length, from));
    expect(Buffer.concat(sent).length).toBeLessThan(Math.max(0, 3 * MiB - from) + 2 * MiB + 200);
    await using copy = await open(join(directory, `copy-${from}`), 'w+');
    await copy.write(bytes.subarray(0, from));
    const writer = new SparseWriter(copy, from);
    expect(await readSparseStream(inPieces(Buffer.concat(sent), 16 * KiB - 1), writer)).toBe(bytes.length);
    await writer.skipTo(bytes.length);
    await writer.flush();
    expect((await readFile(join(directory, `copy-${from}`))).equals(bytes)).toBe(true);
  }
});

test('what is known to be holes is not even read', async () => {
  await file.truncate(1024 * 1024 * MiB);
  await file.write(Buffer.from('x'), 0, 1, 7 * MiB);
  const sent = await Array.fromAsync(sparseStream(file, 1024 * 1024 * MiB, 0, [{ start: 7 * MiB, end: 7 * MiB + 1 }]));
  expect(sent.map(({ length }) => length)).toEqual([12, 1, 12]);
});

test('a stream that breaks off is not whole, and nonsense is refused', async () => {
  await file.write(randomBytes(2 * MiB));
  const sent = Buffer.concat(await Array.fromAsync(sparseStream(file, 2 * MiB, 0)));
  const into = () => new SparseWriter(file);
  expect(await readSparseStream(inPieces(sent.subarray(0, -1), 1000), into())).toBeUndefined();
  await expect(readSparseStream(inPieces(Buffer.alloc(100, 255), 1000), into())).rejects.toThrow('cannot follow');
  const twice = Buffer.concat([sent.subarray(0, 12 + MiB), sent]);
  await expect(readSparseStream(inPieces(twice, 1000), into())).rejects.toThrow('cannot follow');
});

test.each([1000, 9 * MiB])('%d bytes are hashed, also while they arrive, and can be given up', async (length) => {
  const bytes = randomBytes(length);
  await file.write(bytes);
  const seen: number[] = [];
  expect(await hashFile(file, length, { onProgress: (hashed) => seen.push(hashed) })).toBe(sha256(bytes));
  if (length > MiB) expect(seen.at(-1)).toBe(length);
  const following = new FileHash(file);
  for (let end = 0; end <= length; end += 500) following.upTo(end);
  following.upTo(length);
  expect(await following.digest()).toBe(sha256(bytes));
  await expect(hashFile(file, length + 5 * MiB)).rejects.toThrow('become shorter');
  await expect(hashFile(file, length, { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow('no more');
});
