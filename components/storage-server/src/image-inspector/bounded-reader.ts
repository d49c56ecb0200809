/**
 * The inspector's only access to a file: exact reads, bounded each and in total, so that nothing an image claims makes
 * us read or hold more.
 */
import { KiB, MiB, say } from '@zhiyun/contracts';
import { refused } from './refusal.ts';

/** Reads `length` bytes at `offset`; may give fewer only at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>;

const maxReadBytes = 64 * KiB;
/** The largest tables that QEMU opens are 32 MiB and 8 MiB. */
const maxTotalBytes = 48 * MiB;

export class BoundedReader {
  readonly sizeBytes: number;
  readonly #readAt: ReadAt;
  #budget = maxTotalBytes;

  constructor(readAt: ReadAt, sizeBytes: number) {
    this.#readAt = readAt;
    this.sizeBytes = sizeBytes;
  }

  /** Exactly `length` bytes; refuses the image when the file ends before. */
  async read(offset: number, length: number, what: string): Promise<Buffer> {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > this.sizeBytes) {
      throw refused(say('refusal.beyond-end', { what }), say('cure.upload-whole'));
    }
    this.#budget -= length;
    if (length > maxReadBytes || this.#budget < 0) throw refused(say('refusal.too-large-part', { what }));
    const bytes = await this.#readAt(offset, length);
    if (bytes.length !== length) throw refused(say('refusal.changed'), say('cure.upload-again'));
    return bytes;
  }

  /** What there is, up to `length` bytes; empty beyond the end. */
  async readSome(offset: number, length: number): Promise<Buffer> {
    const there = Math.min(length, this.sizeBytes - offset);
    return offset < 0 || there <= 0 ? Buffer.alloc(0) : this.read(offset, there, 'beginning');
  }

  /** The same as `read` for a table of any length, in pieces of bounded size. */
  async *readTable(offset: number, length: number, what: string): AsyncGenerator<Buffer> {
    for (let done = 0; done < length; done += maxReadBytes) {
      yield await this.read(offset + done, Math.min(maxReadBytes, length - done), what);
    }
  }
}
