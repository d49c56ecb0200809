/**
 * Coalesces small pieces (an HTTP/2 frame has 16 KiB) into writes of a MiB, the next while the last is in flight, and
 * keeps runs of zeros as holes: a sparse image stays sparse.
 */
import type { FileHandle } from 'node:fs/promises';
import { KiB, MiB } from '@zhiyun/contracts';

const writeBytes = 1 * MiB;
/** Shorter runs of zeros are written: a file of many tiny extents is slower than one of few. */
const holeBytes = 64 * KiB;
const zeros = Buffer.alloc(1 * MiB);

export class SparseWriter {
  readonly #file: FileHandle;
  /** Where the pieces that wait begin. */
  #start: number;
  #end: number;
  #written: number;
  #pieces: Buffer[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, position = 0) {
    this.#file = file;
    this.#start = position;
    this.#end = position;
    this.#written = position;
  }

  /** Everything up to here is in the file, which is no shorter. */
  get written(): number {
    return this.#written;
  }
  /** Everything up to here was handed over. */
  get end(): number {
    return this.#end;
  }

  /** Back-pressure: resolves when the next piece may come. Throws the error of an earlier write. */
  async write(piece: Buffer): Promise<void> {
    this.#pieces.push(piece);
    this.#end += piece.length;
    if (this.#end - this.#start >= writeBytes) await this.#writeOut();
  }

  /** A hole up to there. */
  async skipTo(position: number): Promise<void> {
    if (position < this.#end) throw new Error(`A hole cannot end at ${position}: ${this.#end} bytes are there.`);
    if (position === this.#end) return;
    await this.#writeOut();
    this.#start = position;
    this.#end = position;
  }

  /** Writes everything; the file is then as long as what was handed over. Returns its length. */
  async flush(): Promise<number> {
    await this.#writeOut();
    await this.#writing;
    await lengthenTo(this.#file, this.#end);
    this.#written = this.#end;
    return this.#end;
  }

  async #writeOut(): Promise<void> {
    const pieces = this.#pieces;
    const start = this.#start;
    this.#pieces = [];
    this.#start = this.#end;
    await this.#writing;
    if (pieces.length === 0) return;
    this.#writing = writeRuns(this.#file, pieces, start).then((end) => {
      this.#written = end;
    });
    // Whoever writes or flushes next is told.
    this.#writing.catch(() => {});
  }
}

async function writeRuns(file: FileHandle, pieces: readonly Buffer[], start: number): Promise<number> {
  let position = start;
  let run: Buffer[] = [];
  let runStart = start;
  for (let at = 0; at < pieces.length; ) {
    const hole = zeroRun(pieces, at);
    if (hole.bytes >= holeBytes) {
      await writeAll(file, run, runStart);
      position += hole.bytes;
      at += hole.pieces;
      run = [];
      runStart = position;
    } else {
      for (const piece of pieces.slice(at, at + Math.max(1, hole.pieces))) {
        run.push(piece);
        position += piece.length;
      }
      at += Math.max(1, hole.pieces);
    }
  }
  if (run.length > 0) await writeAll(file, run, runStart);
  else await lengthenTo(file, position);
  return position;
}

async function lengthenTo(file: FileHandle, bytes: number): Promise<void> {
  if ((await file.stat()).size < bytes) await file.truncate(bytes);
}

function zeroRun(pieces: readonly Buffer[], from: number): { pieces: number; bytes: number } {
  let bytes = 0;
  let at = from;
  for (; at < pieces.length; at++) {
    const piece = pieces[at];
    if (!piece || !isZero(piece)) break;
    bytes += piece.length;
  }
  return { pieces: at - from, bytes };
}

export function isZero(piece: Buffer): boolean {
  if (piece.length > 0 && piece[0] !== 0) return false;
  for (let at = 0; at < piece.length; at += zeros.length) {
    const part = piece.subarray(at, at + zeros.length);
    if (!part.equals(zeros.subarray(0, part.length))) return false;
  }
  return true;
}

/** Repeats short writes, which happen for instance just before the disk is full. */
async function writeAll(file: FileHandle, run: Buffer[], start: number): Promise<void> {
  let position = start;
  let left = run;
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, position);
    position += bytesWritten;
    left = without(left, bytesWritten);
  }
}

function without(run: Buffer[], bytes: number): Buffer[] {
  let skip = bytes;
  let at = 0;
  for (; at < run.length && skip >= (run[at]?.length ?? 0); at++) skip -= run[at]?.length ?? 0;
  const rest = run.slice(at);
  if (skip > 0 && rest[0]) rest[0] = rest[0].subarray(skip);
  return rest;
}
