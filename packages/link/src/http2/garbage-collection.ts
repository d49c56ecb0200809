/** How a process with very many connections collects its garbage. */
import { setFlagsFromString } from 'node:v8';

/**
 * A connection with TLS counts as 47 KiB of memory outside the heap, and V8 goes through the whole heap whenever 64 MiB of such have come:
 * while thousands connect, two dozen times within seconds, which took a seventh of a Control Server's processor time. Counted together with the
 * heap it only does so when the two have grown by a good part. Of the whole process, for good. Where there are few connections it
 * would only let the buffers of an upload lie about for longer.
 */
export function countExternalMemoryWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}

/** Of one thread. */
export class OpenConnections {
  readonly #crowd: number;
  readonly #onCrowd: () => void;
  #open = 0;

  /** `onCrowd`: whenever there begin to be more. */
  constructor(crowd: number, onCrowd: () => void) {
    this.#crowd = crowd;
    this.#onCrowd = onCrowd;
  }

  add(ended: Promise<unknown>): void {
    if (this.#open++ === this.#crowd) this.#onCrowd();
    void ended.then(() => this.#open--);
  }
}
