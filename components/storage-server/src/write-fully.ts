/** Writing to files so that what was asked for is what is there. */
import type { FileHandle } from 'node:fs/promises';
import { MiB } from '@zhiyun/contracts';

const zeros = Buffer.alloc(1 * MiB);

/** A single write may end early, for instance just before the disk is full; this one does not. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** The same, leaving a hole where there are only zeros. For a new file, which is truncated to its size in the end. */
export async function writeSparsely(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  const isHole = bytes.length <= zeros.length && zeros.subarray(0, bytes.length).equals(bytes);
  if (!isHole) await writeFully(file, bytes, position);
}
