/** Garbage collection settings of a process with very many connections. */
import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 count external memory together with the heap. A TLS connection holds 47 KiB outside the heap and V8 ran a
 * full collection for every 64 MiB of it: two dozen within seconds while thousands connected, a seventh of a Control
 * Server's CPU time. Process-wide and irreversible. Not worth it with few connections: buffers of an upload would lie
 * about for longer.
 */
export function countExternalMemoryWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}

/** Counts the open connections of one thread. */
export class OpenConnections {
  readonly #crowd: number;
  readonly #onCrowd: () => void;
  #open = 0;

  /** `onCrowd`: called each time the count rises above `crowd`. */
  constructor(crowd: number, onCrowd: () => void) {
    this.#crowd = crowd;
    this.#onCrowd = onCrowd;
  }

  add(ended: Promise<unknown>): void {
    if (this.#open++ === this.#crowd) this.#onCrowd();
    void ended.then(() => this.#open--);
  }
}
