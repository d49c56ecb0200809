/**
 * Listener for link methods and mounted HTTP handlers on one TLS port. The verified certificate alone identifies the
 * caller. Strangers (no certificate of the domain) are refused, may only join where that is offered, and are dropped
 * after a few seconds. A silent peer is disconnected, which ends its streams and pipes here.
 */
import http2, {
  constants,
  type Http2SecureServer,
  Http2ServerRequest,
  Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import { linkProtocol, type ProtocolRange } from '@zhiyun/contracts/links';
import { type Clock, Disposables, type Logger, PlatformError } from '@zhiyun/kernel';
import {
  doubtMs,
  farewellMs,
  goneMs,
  heartbeatMs,
  maxConcurrentStreams,
  maxJoinBytes,
  strangerMs,
  windowBytes,
} from '../limits.ts';
import type { Served } from '../rpc/served.ts';
import { type ComponentIdentity, describePeer, type Presence } from '../rpc/session.ts';
import type { LinkContext } from '../types.ts';
import { answerFault, answerJson, answerMethod } from './answer.ts';
import { linkServerTls } from './tls-options.ts';
import { Visitor } from './visitor.ts';
import { sayWelcome } from './welcome.ts';
import { announcedBytes, joinPath, linkPrefix, parseJson, protocolsOf, readBody } from './wire.ts';

export interface ServerCredentials {
  caCertificate: string;
  certificate: string;
  privateKey: string;
}

export interface LinkServerOptions {
  self: ComponentIdentity & { name: string };
  domainId: DomainId;
  credentials: ServerCredentials;
  served: Served;
  /** Answers `POST /join`; only a Data Server offers it. */
  join?: (body: unknown, protocols: ProtocolRange | undefined) => Promise<unknown>;
  /** Called for every connection of a component of the domain. */
  onVisit?: (caller: ComponentIdentity, visit: Presence) => void;
  clock: Clock;
  log: Logger;
}

export class LinkServer implements AsyncDisposable {
  readonly #options: LinkServerOptions;
  readonly #server: Http2SecureServer;
  readonly #visitors = new Map<ServerHttp2Session, Visitor>();
  readonly #ends = new Disposables();
  #arriving: TLSSocket | undefined;
  #removed: ReadonlySet<ComponentId> = new Set();

  constructor(options: LinkServerOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#server = http2.createSecureServer({
      ...secureContext(options.credentials),
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: strangerMs,
      maxSessionMemory: 64,
      settings: { maxConcurrentStreams, initialWindowSize: 1024 * 1024 },
    });
    // Node makes the session of a socket right after this, and then keeps the socket from us.
    this.#server.prependListener('secureConnection', (socket) => {
      this.#arriving = socket;
    });
    this.#server.on('session', (session) => this.#onSession(session));
    this.#server.on('tlsClientError', (error, socket) => {
      log.warn({ error, from: socket.remoteAddress }, 'cut off a connection that does not speak TLS');
    });
    this.#server.on('unknownProtocol', (socket) => {
      log.warn({ from: socket.remoteAddress }, 'cut off a connection that does not speak HTTP/2');
      socket.destroy();
    });
    this.#server.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
        stream.on('error', (error) => log.debug({ error, path: headers[':path'] }, 'stream broke'));
        this.#answer(stream, headers, rawHeaders).catch((error: unknown) => {
          const protocol = protocolsOf(headers)?.newest ?? linkProtocol.oldest;
          answerFault(stream, error, log.child({ path: headers[':path'] }), protocol);
        });
      },
    );
    this.#ends.use(clock.every(heartbeatMs, () => this.#dropSilent()));
  }

  /** Resolves with the port. Rejects with the system's error (`EADDRINUSE`, …). */
  async listen(host: string, port: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, host, resolve);
    await promise;
    this.#server.off('error', reject);
    this.#server.on('error', (error) => this.#options.log.error({ error }, 'the link listener failed'));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Hot reload: new connections use the new certificate, open ones go on. */
  renew(credentials: ServerCredentials): void {
    this.#server.setSecureContext(secureContext(credentials));
  }

  /**
   * Replaces the domain's revocation list: these components are refused with `component-removed` and their sessions end
   * at once.
   */
  refuse(removed: ReadonlySet<ComponentId>): void {
    this.#removed = removed;
    for (const visitor of this.#visitors.values()) {
      const { identity, from } = visitor;
      if (!identity || !removed.has(identity.id)) continue;
      this.#options.log.warn({ from, ...identity }, `cut off ${describePeer(identity)}: removed from the domain`);
      visitor.close();
    }
  }

  /** Graceful shutdown: sends a goodbye (GOAWAY), gives streams a moment to end, and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends[Symbol.asyncDispose]();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    if (this.#server.listening) this.#server.close(() => resolve());
    else resolve();
    for (const visitor of this.#visitors.values()) visitor.sayGoodbye();
    const late = setTimeout(() => {
      for (const visitor of this.#visitors.values()) visitor.close();
    }, farewellMs);
    await closed;
    clearTimeout(late);
  }

  #onSession(session: ServerHttp2Session): void {
    const { clock, log, domainId, onVisit } = this.#options;
    const socket = this.#arriving;
    this.#arriving = undefined;
    if (!socket) throw new Error('A session without a connection');
    const visitor = new Visitor(session, socket, { domainId, removed: this.#removed, clock });
    const { identity, from } = visitor;
    this.#visitors.set(session, visitor);
    // Strangers get the small window that HTTP/2 begins with: they have nothing large to say.
    if (identity) session.setLocalWindowSize(windowBytes);
    session.on('error', (error) => log.warn({ error, from, ...identity }, 'cut off a broken connection'));
    const late = identity ? undefined : setTimeout(() => visitor.close(), strangerMs);
    void visitor.ended.then(() => {
      this.#visitors.delete(session);
      clearTimeout(late);
    });
    if (!identity) return;
    sayWelcome(session);
    onVisit?.(identity, visitor);
  }

  #dropSilent(): void {
    // Of others who may rest: they are beaten less often, and their peers here judge them sooner than this.
    const limitMs = this.#options.self.type === 'data-server' ? goneMs : doubtMs + goneMs;
    const now = this.#options.clock.monotonicMs();
    for (const visitor of this.#visitors.values()) {
      if (visitor.silentMs(now) < limitMs) continue;
      const { identity, from } = visitor;
      if (identity)
        this.#options.log.warn(
          { from, ...identity },
          `cut off ${describePeer(identity)}: silent for ${limitMs / 1000} s`,
        );
      visitor.close();
    }
  }

  async #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: string[]): Promise<void> {
    const visitor = stream.session && this.#visitors.get(stream.session as ServerHttp2Session);
    if (!visitor) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const path = headers[':path'] ?? '';
    const { join, served, self, log } = this.#options;
    const cutOff = (why: Error) => visitor.cutOff(why);
    if (path === joinPath && headers[':method'] === 'POST' && join) {
      const body = await readBody(stream, maxJoinBytes, { announced: announcedBytes(headers), cutOff });
      return answerJson(stream, await join(parseJson(body), protocolsOf(headers)));
    }
    const { admitted: caller } = visitor;
    if (caller instanceof PlatformError) {
      log.warn({ from: visitor.from, path }, `refused a stranger: ${caller.message}`);
      throw caller;
    }
    const request = new AbortController();
    visitor.requests.add(request);
    stream.once('close', () => {
      visitor.requests.delete(request);
      // Most have been answered in full: nobody works on those any more, and an error costs its stack trace.
      const whole = stream.rstCode === constants.NGHTTP2_NO_ERROR && stream.writableEnded;
      if (!whole) request.abort(new PlatformError('cancelled', 'The caller has ended its request.'));
    });
    const context = { caller, signal: request.signal, silentMs: visitor.silentMs };
    if (path.startsWith(linkPrefix)) {
      return await answerMethod(stream, headers, { served, self, context, log, cutOff });
    }
    // Plain HTTP has versions of its own.
    const plain: LinkContext = { ...context, protocol: linkProtocol.oldest };
    const handler = served.mounted(path, plain);
    handler(new Http2ServerRequest(stream, headers, {}, rawHeaders), new Http2ServerResponse(stream), plain);
  }
}

/** Complete options each time: `setSecureContext` resets what is left out to Node's defaults. */
function secureContext({ caCertificate, certificate, privateKey }: ServerCredentials) {
  // The CA goes along in the chain: those who join compare its hash with the one in their token.
  return { ...linkServerTls, ca: caCertificate, cert: `${certificate.trim()}\n${caCertificate}`, key: privateKey };
}
