/**
 * Reads a stream line by line into a function. Not an async iterator: thousands of streams stay open for days, and a promise that
 * waits for the next line outlives the young generation, with the line before it; then only the collection of the whole
 * heap is rid of them.
 */
import type { Readable } from 'node:stream';
import { formatBytes } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

const newline = 10;

/** A promise holds the next line back until it resolves. */
export type TakeLine = (line: Buffer) => void | Promise<void>;

export interface ReadLinesOptions {
  maxBytes: number;
  /** What is thrown when the stream breaks. */
  broken: (cause: unknown) => unknown;
}

/** Resolves after the last line was taken. Rejects also with what `take` throws, or with `payload-too-large`. */
export function readLines(stream: Readable, options: ReadLinesOptions, take: TakeLine): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closedEarly = () => reject(options.broken(new Error('The stream closed before its end.')));
  new LineReader(stream, options.maxBytes, { take, ended: resolve, failed: reject });
  stream.once('error', (cause) => reject(options.broken(cause)));
  // Every stream closes, and an error costs its stack trace.
  stream.once('close', () => stream.readableEnded || closedEarly());
  // Between its opening and us: then nobody would tell.
  if (stream.destroyed) closedEarly();
  return promise;
}

interface Reading {
  take: TakeLine;
  ended: () => void;
  failed: (error: unknown) => void;
}

class LineReader {
  readonly #stream: Readable;
  readonly #maxBytes: number;
  readonly #reading: Reading;
  /** What came of a line that has not ended yet. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  /** Whole lines behind one that is still being taken. */
  #waiting: Buffer[] = [];
  #isTaking = false;
  #hasEnded = false;
  #hasFailed = false;

  constructor(stream: Readable, maxBytes: number, reading: Reading) {
    this.#stream = stream;
    this.#maxBytes = maxBytes;
    this.#reading = reading;
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.once('end', () => {
      this.#hasEnded = true;
      this.#goOn();
    });
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
    this.#fail(new PlatformError('payload-too-large', `One item of a stream may have at most ${most}.`));
  }

  #line(end: Buffer): void {
    let line = end;
    if (this.#begun.length > 0) {
      line = Buffer.concat([...this.#begun, end]);
      this.#begun = [];
      this.#begunBytes = 0;
    }
    if (this.#isTaking) this.#waiting.push(line);
    else this.#give(line);
  }

  #give(line: Buffer): void {
    if (this.#hasFailed) return;
    try {
      const taken = this.#reading.take(line);
      if (taken !== undefined) void this.#hold(taken);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #hold(taken: Promise<void>): Promise<void> {
    this.#isTaking = true;
    this.#stream.pause();
    try {
      await taken;
    } catch (error) {
      return this.#fail(error);
    }
    this.#isTaking = false;
    this.#goOn();
  }

  #goOn(): void {
    while (!this.#isTaking && this.#waiting.length > 0) this.#give(this.#waiting.shift() as Buffer);
    if (this.#isTaking) return;
    if (this.#hasEnded) this.#reading.ended();
    else this.#stream.resume();
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    this.#reading.failed(error);
  }
}
