/**
 * Tracks when the peer was last heard, by the bytes received. Polled instead of one event per heartbeat, because there
 * are thousands.
 */
import type { Socket } from 'node:net';
import { listenMs } from '../limits.ts';

export class LastHeard {
  readonly #socket: Pick<Socket, 'bytesRead'>;
  #bytes: number;
  /** Monotonic, like every time in this class. */
  #heardAt: number;
  #lookedAt: number;

  constructor(socket: Pick<Socket, 'bytesRead'>, now: number) {
    this.#socket = socket;
    this.#bytes = socket.bytesRead;
    this.#heardAt = now;
    this.#lookedAt = now;
  }

  /**
   * Poll at least every `listenMs`: new bytes count as received right after the last poll. After a late poll they count
   * as `listenMs` old at most, because the delay was ours.
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

  /** Records a sign of life. */
  heard(now: number): void {
    this.#heardAt = now;
  }
}
