/**
 * The agent's end of a machine's serial port. Stays connected while the machine lives, so that the guest's output is kept
 * whether anybody watches or not.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '@zhiyun/kernel';
import { SerialViewers } from '../serial-viewers.ts';
import { connectUnix } from './qmp/monitor.ts';
import { retryWaitMs } from './retry-wait.ts';

/**
 * A guest that floods its console gets 5 MB/s of the agent's attention: QEMU's port then looks busy to it, as a real one
 * would from 11 kB/s on.
 */
const flood = { bytes: 256 * 1024, windowMs: 50 };

export class SerialPort {
  readonly #path: string;
  readonly #viewers = new SerialViewers((bytes, done) => this.#type(bytes, done));
  readonly #stopping = new AbortController();
  #socket: Socket | undefined;

  constructor(path: string) {
    this.#path = path;
    void this.#stayConnected();
  }

  open(): Duplex {
    return this.#viewers.open();
  }

  close(): void {
    this.#stopping.abort();
    this.#socket?.destroy();
    this.#viewers.end();
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const socket = await connectUnix(this.#path);
        attempt = 0;
        await this.#serve(socket, signal);
      } catch {
        // Not listening yet, or not any more; then our end comes soon.
      }
      await systemClock.sleep(retryWaitMs(attempt), signal).catch(() => {});
    }
  }

  /** Resolves when the connection is gone. */
  #serve(socket: Socket, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket = socket;
    let windowEnds = 0;
    let windowBytes = 0;
    let resuming: NodeJS.Timeout | undefined;
    socket.on('data', (bytes: Buffer) => {
      const now = systemClock.monotonicMs();
      if (now >= windowEnds) {
        windowEnds = now + flood.windowMs;
        windowBytes = 0;
      }
      windowBytes += bytes.length;
      this.#viewers.show(bytes);
      if (windowBytes < flood.bytes) return;
      socket.pause();
      resuming = setTimeout(() => socket.resume(), windowEnds - now);
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(resuming);
      this.#socket = undefined;
      resolve();
    });
    if (signal.aborted) socket.destroy();
    return promise;
  }

  /** Typing while nobody listens is lost, as on an unplugged cable. */
  #type(bytes: Buffer, done: () => void): void {
    if (this.#socket?.writable) this.#socket.write(bytes, () => done());
    else done();
  }
}
