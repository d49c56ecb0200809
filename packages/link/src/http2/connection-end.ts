/**
 * Detects the end of an HTTP/2 connection and tears it down. Node's session alone is not enough: when the peer resets
 * the connection during a write, the session never emits `close`, not even after `destroy`, and keeps its socket. So
 * the socket is watched and closed as well.
 */
import type { Http2Session } from 'node:http2';
import type { Duplex } from 'node:stream';
import { crowd, farewellMs } from '../limits.ts';
import type { SessionEnd } from '../rpc/session.ts';
import { countExternalMemoryWithHeap, OpenConnections } from './garbage-collection.ts';
import { goodbye } from './wire.ts';

const openConnections = new OpenConnections(crowd, countExternalMemoryWithHeap);

export class ConnectionEnd {
  /** Never rejects. */
  readonly ended: Promise<SessionEnd>;
  readonly #session: Http2Session;
  readonly #socket: Duplex;
  readonly #over: () => void;

  constructor(session: Http2Session, socket: Duplex) {
    this.#session = session;
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<SessionEnd>();
    let end: SessionEnd = 'lost';
    session.on('goaway', (_code, _last, data) => {
      if (data?.toString() === goodbye.toString()) end = 'goodbye';
    });
    this.ended = promise;
    openConnections.add(promise);
    this.#over = () => resolve(end);
    session.once('close', this.#over);
    socket.once('close', this.#over);
  }

  /** Resolves `ended` at once. Frames already queued get a moment (`farewellMs`) to leave. */
  close(): void {
    this.#session.destroy();
    this.#over();
    if (!this.#socket.destroyed) setTimeout(() => this.#socket.destroy(), farewellMs).unref();
  }
}
