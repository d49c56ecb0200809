/**
 * Reads a stream line by line into a callback. Not an async iterator: with thousands of streams open for days, each
 * pending promise and its last line would be promoted to the old generation, which only a full garbage collection
 * frees.
 */
import type { Readable } from 'node:stream';
import { formatBytes } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { InTurn } from '../rpc/in-turn.ts';

const newline = 10;

/** Returning a promise applies back-pressure until it resolves. */
export type TakeLine = (line: Buffer) => void | Promise<void>;

export interface ReadLinesOptions {
  maxBytes: number;
  /** The error to throw when the stream breaks. */
  broken: (cause: unknown) => unknown;
}

/**
 * Resolves after the last line was consumed. Rejects with what `take` throws, or with `payload-too-large`; no line is
 * delivered after that.
 */
export function readLines(stream: Readable, options: ReadLinesOptions, take: TakeLine): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lines = new InTurn({
    take,
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    ended: resolve,
    failed: reject,
  });
  const closedEarly = () => lines.fail(options.broken(new Error('The stream closed before its end.')));
  new LineReader(stream, options.maxBytes, lines);
  stream.once('error', (cause) => lines.fail(options.broken(cause)));
  // Every stream closes, and an error costs its stack trace.
  stream.once('close', () => stream.readableEnded || closedEarly());
  // Between its opening and us: then nobody would tell.
  if (stream.destroyed) closedEarly();
  return promise;
}

class LineReader {
  readonly #maxBytes: number;
  readonly #lines: InTurn<Buffer>;
  /** Chunks of an unfinished line. */
  #begun: Buffer[] = [];
  #begunBytes = 0;

  constructor(stream: Readable, maxBytes: number, lines: InTurn<Buffer>) {
    this.#maxBytes = maxBytes;
    this.#lines = lines;
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.once('end', () => lines.end());
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      this.#line(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from === chunk.length) return;
    this.#begun.push(chunk.subarray(from));
    this.#begunBytes += chunk.length - from;
    if (this.#begunBytes <= this.#maxBytes) return;
    const most = formatBytes(this.#maxBytes);
    this.#lines.fail(new PlatformError('payload-too-large', `One item of a stream may have at most ${most}.`));
  }

  #line(end: Buffer): void {
    const line = this.#begun.length > 0 ? Buffer.concat([...this.#begun, end]) : end;
    this.#begun = [];
    this.#begunBytes = 0;
    this.#lines.give(line);
  }
}
