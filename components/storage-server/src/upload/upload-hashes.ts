/**
 * Hashes uploads while they arrive, so that the check need not re-read them. A cache only: after a restart or a long
 * pause the check hashes.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { MiB } from '@zhiyun/contracts';
import { FileHash } from '@zhiyun/service';

/** Smaller uploads are hashed as quickly at the end. */
const worthBytes = 8 * MiB;
/** Idle timeout of the hashing thread; a sender that returns sooner continues with it. */
const idleMs = 60_000;

interface Entry {
  file: FileHandle;
  hash: FileHash;
  bytes: number;
  idle: NodeJS.Timeout;
}

export class UploadHashes {
  readonly #entries = new Map<string, Entry>();

  /** `bytes` of the upload at `path`, which will have `sizeBytes`, are in the file. */
  async follow(id: string, path: string, sizeBytes: number, bytes: number): Promise<void> {
    if (sizeBytes < worthBytes) return;
    const entry = this.#entries.get(id) ?? (await this.#open(id, path));
    entry.idle.refresh();
    if (bytes < entry.bytes) return this.forget(id);
    entry.bytes = bytes;
    entry.hash.upTo(bytes);
  }

  /** Undefined when it was not followed to its end. */
  async take(id: string, sizeBytes: number): Promise<string | undefined> {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    try {
      return entry.bytes === sizeBytes ? await entry.hash.digest() : undefined;
    } catch {
      return undefined;
    } finally {
      this.forget(id);
    }
  }

  forget(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    clearTimeout(entry.idle);
    entry.hash[Symbol.dispose]();
    void entry.file.close();
  }

  stop(): void {
    for (const id of [...this.#entries.keys()]) this.forget(id);
  }

  async #open(id: string, path: string): Promise<Entry> {
    const file = await open(path, 'r');
    const idle = setTimeout(() => this.forget(id), idleMs).unref();
    const entry = { file, hash: new FileHash(file), bytes: 0, idle };
    this.#entries.set(id, entry);
    return entry;
  }
}
