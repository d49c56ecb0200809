/**
 * When an HTTP/2 connection is over, how, and how to be rid of it. A session of Node cannot be trusted with either: one whose
 * peer resets the connection while a write is under way stops reading and waits for that write for ever. It never says
 * `close`, not even after `destroy`, and keeps its socket. So the socket is heard and closed too, and whoever gives a
 * connection up waits for neither.
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

  /** `ended` resolves now. What the session has still to say may leave within a moment. */
  close(): void {
    this.#session.destroy();
    this.#over();
    if (!this.#socket.destroyed) setTimeout(() => this.#socket.destroy(), farewellMs).unref();
  }
}
