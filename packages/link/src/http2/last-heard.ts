/**
 * When the other end of a connection was last heard, by the bytes that have come from it: seen when somebody asks, and no event
 * for each of the heartbeats of thousands.
 */
import type { Socket } from 'node:net';
import { listenMs } from '../limits.ts';

export class LastHeard {
  readonly #socket: Pick<Socket, 'bytesRead'>;
  #bytes: number;
  /** Monotonic, as all here. */
  #heardAt: number;
  #lookedAt: number;

  constructor(socket: Pick<Socket, 'bytesRead'>, now: number) {
    this.#socket = socket;
    this.#bytes = socket.bytesRead;
    this.#heardAt = now;
    this.#lookedAt = now;
  }

  /**
   * Ask every `listenMs` or oftener: what has come since the last time counts as come right after it. Who asks later than that was
   * busy, and does not lay it to the other's charge.
   */
  silentMs(now: number): number {
    const bytes = this.#socket.bytesRead;
    // One that is closed may not know any more how much it has read.
    if (bytes > this.#bytes) {
      this.#bytes = bytes;
      this.#heardAt = Math.max(this.#heardAt, this.#lookedAt, now - listenMs);
    }
    this.#lookedAt = now;
    return now - this.#heardAt;
  }

  /** It has answered. */
  heard(now: number): void {
    this.#heardAt = now;
  }
}
