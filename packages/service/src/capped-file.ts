/** A log file with rotation: appended to, bounded in size, with the last generations kept. */
import { appendFileSync } from 'node:fs';
import { appendFile, rename, stat } from 'node:fs/promises';

export interface CappedFileLimits {
  /** Above this the file is rotated to `<file>.1`, that one to `<file>.2`, and a new one begins. */
  maxBytes: number;
  /** Rotated files to keep. */
  generations: number;
}

/** Bound of the write queue: beyond it lines are dropped rather than memory spent on a slow disk. */
const maxWaiting = 4 * 1024 * 1024;
/** Largest single write. */
const maxChunk = 256 * 1024;

const files = new Set<CappedFile>();

/** Asynchronous writes: logging never waits for the disk. What is queued at process exit is written synchronously. */
export class CappedFile {
  readonly #path: string;
  readonly #limits: CappedFileLimits;
  #waiting: string[] = [];
  #waitingChars = 0;
  #lost = 0;
  #isWriting = false;
  #size: number | undefined;

  constructor(path: string, limits: CappedFileLimits) {
    this.#path = path;
    this.#limits = limits;
    if (files.size === 0) process.once('exit', () => writeAllRest());
    files.add(this);
  }

  write(line: string): void {
    if (this.#waitingChars > maxWaiting) {
      this.#lost++;
      return;
    }
    if (this.#lost > 0) this.#put(`{"level":40,"msg":"the disk was slow: ${this.#lost} lines are lost"}\n`);
    this.#lost = 0;
    this.#put(line);
    if (this.#isWriting) return;
    this.#isWriting = true;
    setImmediate(() => void this.#writeAll());
  }

  #put(line: string): void {
    this.#waiting.push(line);
    this.#waitingChars += line.length;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // A full disk must not end the platform; the words are lost, the work is not.
      await this.#writeSome().catch(() => {});
    }
    this.#isWriting = false;
  }

  async #writeSome(): Promise<void> {
    this.#size ??= (await stat(this.#path).catch(() => undefined))?.size ?? 0;
    const most = Math.min(maxChunk, this.#limits.maxBytes);
    let bytes = 0;
    let count = 0;
    for (; count < this.#waiting.length; count++) {
      const more = Buffer.byteLength(this.#waiting[count] ?? '');
      if (count > 0 && bytes + more > most) break;
      bytes += more;
    }
    const text = this.#waiting.splice(0, count).join('');
    this.#waitingChars -= text.length;
    if (this.#size > 0 && this.#size + bytes > this.#limits.maxBytes) await this.#turn();
    this.#size = (this.#size ?? 0) + bytes;
    await appendFile(this.#path, text, { mode: 0o600 });
  }

  async #turn(): Promise<void> {
    for (let number = this.#limits.generations; number > 0; number--) {
      const from = number === 1 ? this.#path : `${this.#path}.${number - 1}`;
      // There are not so many yet, or somebody has tidied up.
      await rename(from, `${this.#path}.${number}`).catch(() => {});
    }
    this.#size = 0;
  }

  /** At process exit: writes the queue synchronously. */
  writeRest(): void {
    if (this.#waiting.length === 0) return;
    try {
      appendFileSync(this.#path, this.#waiting.join(''), { mode: 0o600 });
    } catch {
      // As above.
    }
  }
}

function writeAllRest(): void {
  for (const file of files) file.writeRest();
}
