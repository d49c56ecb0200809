/**
 * A file on the wire without its holes: pieces of `position` (8 bytes), `length` (4 bytes), both big-endian, then as many bytes;
 * in order, what lies between them is a hole. The last has length 0 and the file's size as its position: without it the file has
 * not arrived as a whole.
 */
import type { FileHandle } from 'node:fs/promises';
import { MiB } from '@zhiyun/contracts';
import { isZero } from './sparse-writer.ts';

export interface DataRange {
  start: number;
  end: number;
}

const headerBytes = 12;
export const maxPieceBytes = 1 * MiB;

function header(position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes);
  bytes.writeBigUInt64BE(BigInt(position), 0);
  bytes.writeUInt32BE(length, 8);
  return bytes;
}

/** `ranges`: where there is data, in order, as far as that is known; zeros inside them are left out as well. */
export async function* sparseStream(
  file: FileHandle,
  size: number,
  from: number,
  ranges: Iterable<DataRange> = [{ start: 0, end: size }],
): AsyncGenerator<Buffer> {
  for (const { start, end } of ranges) {
    for (let at = Math.max(start, from); at < Math.min(end, size); ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(maxPieceBytes, end - at)), {
        position: at,
      });
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      if (!isZero(piece)) {
        yield header(at, bytesRead);
        yield piece;
      }
      at += bytesRead;
    }
  }
  yield header(size, 0);
}

export interface SparseSink {
  readonly end: number;
  write(piece: Buffer): Promise<void>;
  skipTo(position: number): Promise<void>;
}

/** Resolves with the size of the file once its last piece has come, with undefined when the stream ended before. Throws on what is no such stream. */
export async function readSparseStream(stream: AsyncIterable<Buffer>, sink: SparseSink): Promise<number | undefined> {
  let head: Buffer = Buffer.alloc(0);
  let left = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (rest.length > 0) {
      if (left > 0) {
        const part = rest.subarray(0, left);
        await sink.write(part);
        left -= part.length;
        rest = rest.subarray(part.length);
        continue;
      }
      const missing = headerBytes - head.length;
      head =
        head.length === 0 && rest.length >= headerBytes
          ? rest.subarray(0, headerBytes)
          : Buffer.concat([head, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (head.length < headerBytes) continue;
      const position = Number(head.readBigUInt64BE(0));
      left = head.readUInt32BE(8);
      head = Buffer.alloc(0);
      if (position < sink.end || left > maxPieceBytes || !Number.isSafeInteger(position))
        throw new Error(`A piece at ${position} of ${left} bytes cannot follow ${sink.end}.`);
      if (left === 0) return position;
      await sink.skipTo(position);
    }
  }
  return undefined;
}
