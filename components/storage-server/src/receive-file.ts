/** Bytes of an image as another Storage Server sends them, into a file: as many as were announced, or none stay. */

import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { SparseWriter } from '@zhiyun/service';
import { explainFullDisk, requireSpace } from './disk-space.ts';

/** Throws `disk-full` in `directory`, `checksum-mismatch` when they are more or fewer, and whatever breaks the sending. */
export async function receiveFile(bytes: Readable, sizeBytes: number, path: string, directory: string): Promise<void> {
  await requireSpace(directory, sizeBytes);
  await rm(path, { force: true });
  try {
    await writeAll(bytes, sizeBytes, path);
  } catch (error) {
    await rm(path, { force: true });
    throw await explainFullDisk(error, directory, sizeBytes);
  }
}

async function writeAll(bytes: Readable, sizeBytes: number, path: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  const writer = new SparseWriter(file);
  // Not destroyed by us: the sender would see the pipe break, and not why.
  for await (const chunk of bytes.iterator({ destroyOnReturn: false })) {
    if (writer.end + chunk.length > sizeBytes) throw otherSize(`more than ${sizeBytes}`, sizeBytes);
    await writer.write(chunk);
  }
  const end = await writer.flush();
  if (end < sizeBytes) throw otherSize(`${end}`, sizeBytes);
}

export function otherSize(arrived: string, expected: number): PlatformError {
  return new PlatformError('checksum-mismatch', say('image.bytes-arrived', { arrived, expected }));
}
