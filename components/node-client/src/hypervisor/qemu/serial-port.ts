/**
 * The agent's end of a machine's serial port. Stays connected while the machine lives, so that output is buffered even
 * without viewers.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '@zhiyun/kernel';
import { SerialViewers } from '../serial-viewers.ts';
import { connectUnix } from './connect-unix.ts';
import { retryWaitMs } from './retry-wait.ts';

/**
 * Coalesces reads: QEMU delivers byte by byte. A guest that floods its console still gets 100 kB/s, several times a
 * real port, at a few per cent of a core.
 */
const gatherMs = 2;
const readBytes = 4096;

export class SerialPort {
  /** Resolves with the first connection: no output is lost from then on. */
  readonly connected: Promise<void>;
  readonly #path: string;
  readonly #viewers = new SerialViewers((bytes, done) => this.#type(bytes, done));
  readonly #stopping = new AbortController();
  readonly #connected = Promise.withResolvers<void>();
  #socket: Socket | undefined;

  constructor(path: string) {
    this.#path = path;
    this.connected = this.#connected.promise;
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
        await this.#serve(signal);
        attempt = 0;
      } catch {
        // Not listening yet, or not any more; then our end comes soon.
      }
      await systemClock.sleep(retryWaitMs(attempt), signal).catch(() => {});
    }
  }

  /** Resolves when the connection is gone; throws when there was none. */
  async #serve(signal: AbortSignal): Promise<void> {
    let resuming: NodeJS.Timeout | undefined;
    const socket = await connectUnix(this.#path, {
      buffer: new Uint8Array(readBytes),
      callback: (length, bytes) => {
        this.#viewers.show(Buffer.from(bytes.subarray(0, length)));
        resuming = setTimeout(() => socket.resume(), gatherMs);
        return false;
      },
    });
    socket.on('error', () => {});
    this.#socket = socket;
    this.#connected.resolve();
    const closed = once(socket, 'close');
    if (signal.aborted) socket.destroy();
    await closed;
    clearTimeout(resuming);
    this.#socket = undefined;
  }

  /** Input without a connection is dropped, as on an unplugged cable. */
  #type(bytes: Buffer, done: () => void): void {
    if (this.#socket?.writable) this.#socket.write(bytes, () => done());
    else done();
  }
}
