/**
 * SHA-256 of a file, off the main thread: a GiB takes a second of a core. It may follow a file that is still being
 * written, reading back from the page cache.
 */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { MiB } from '@zhiyun/contracts';
import type { HashOrder, HashReport } from './hash-thread.ts';

/** Below this size starting a thread costs more than hashing. */
const worthAThread = 4 * MiB;
const script = new URL('./hash-thread.ts', import.meta.url);

export class FileHash implements Disposable {
  readonly #file: FileHandle;
  readonly #onProgress: (hashedBytes: number) => void;
  readonly #failed = Promise.withResolvers<never>();
  readonly #hash = Promise.withResolvers<string>();
  #thread: Worker | undefined;
  #bytes = 0;

  /** The file must stay open until the digest is ready or this was disposed of. */
  constructor(file: FileHandle, onProgress: (hashedBytes: number) => void = () => {}) {
    this.#file = file;
    this.#onProgress = onProgress;
    this.#failed.promise.catch(() => {});
  }

  /** Announces that everything before `bytes` is written. */
  upTo(bytes: number): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    if (bytes >= worthAThread) this.#order({ kind: 'hash', upTo: bytes });
  }

  /** Digest of everything announced by `upTo`. Throws when the file has become shorter. */
  async digest(): Promise<string> {
    if (!this.#thread) return hashNow(this.#file.fd, this.#bytes);
    this.#order({ kind: 'digest' });
    try {
      return await Promise.race([this.#hash.promise, this.#failed.promise]);
    } finally {
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    void this.#thread?.terminate();
    this.#failed.reject(new Error('The hash was given up.'));
  }

  #order(order: HashOrder): void {
    this.#thread ??= this.#start();
    this.#thread.postMessage(order);
  }

  #start(): Worker {
    const thread = new Worker(script, { name: 'zhiyun-hash', workerData: this.#file.fd });
    thread.on('error', (error) => this.#failed.reject(error));
    thread.on('exit', () => this.#failed.reject(new Error('The thread that hashed has ended.')));
    thread.on('message', (report: HashReport) => {
      if (report.kind === 'digest') this.#hash.resolve(report.sha256);
      else this.#onProgress(report.hashedBytes);
    });
    return thread;
  }
}

/** The whole file, or its first `bytes`. Throws the signal's reason. */
export async function hashFile(
  file: FileHandle,
  bytes: number,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (hashedBytes: number) => void } = {},
): Promise<string> {
  signal?.throwIfAborted();
  using hash = new FileHash(file, onProgress);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    hash.upTo(bytes);
    return await Promise.race([hash.digest(), aborted.promise]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function hashNow(fd: number, bytes: number): string {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(bytes, MiB));
  for (let done = 0; done < bytes; ) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, bytes - done), done);
    if (read === 0) throw new Error('The file has become shorter while it was read.');
    hash.update(buffer.subarray(0, read));
    done += read;
  }
  return hash.digest('hex');
}
