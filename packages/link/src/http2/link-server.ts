/**
 * The listening side: one TLS port for link methods and mounted HTTP handlers. Who calls is read from the verified certificate
 * and nothing else. Strangers (no certificate of the domain) are told so, may only join where joining is offered, and are
 * dropped after a few seconds. A peer that stays silent for 5 s is cut off, so that its streams and pipes end here too.
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
import type { DomainId } from '@zhiyun/contracts';
import { type Clock, Disposables, type Logger, PlatformError } from '@zhiyun/kernel';
import { parseComponentUri } from '../component-uri.ts';
import { farewellMs, goneMs, heartbeatMs, maxConcurrentStreams, maxJoinBytes, strangerMs } from '../limits.ts';
import type { Served } from '../served.ts';
import { type ComponentIdentity, describePeer } from '../session.ts';
import type { LinkContext } from '../types.ts';
import { answerFault, answerJson, answerMethod } from './answer.ts';
import { goodbye, joinPath, linkPrefix, parseJson, readBody } from './wire.ts';

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
  join?: (body: unknown) => Promise<unknown>;
  clock: Clock;
  log: Logger;
}

interface Visitor {
  identity: ComponentIdentity | undefined;
  /** Address: the session's socket cannot be asked any more once it is broken. */
  from: string | undefined;
  /** Why a stranger is one. */
  reason: string;
  heardAt: number;
  /** Of the requests that are being answered. */
  requests: Set<AbortController>;
}

export class LinkServer implements AsyncDisposable {
  readonly #options: LinkServerOptions;
  readonly #server: Http2SecureServer;
  readonly #visitors = new Map<ServerHttp2Session, Visitor>();
  readonly #ends = new Disposables();

  constructor(options: LinkServerOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#server = http2.createSecureServer({
      ...secureContext(options.credentials),
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      handshakeTimeout: strangerMs,
      maxSessionMemory: 64,
      settings: { maxConcurrentStreams, initialWindowSize: 1024 * 1024 },
    });
    this.#server.on('session', (session) => this.#onSession(session));
    this.#server.on('sessionError', (error) => log.warn({ error }, 'cut off a connection that does not speak HTTP/2'));
    this.#server.on('tlsClientError', (error, socket) => {
      log.warn({ error, from: socket.remoteAddress }, 'cut off a connection that does not speak TLS');
    });
    this.#server.on('unknownProtocol', (socket) => socket.destroy());
    this.#server.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
        stream.on('error', (error) => log.debug({ error, path: headers[':path'] }, 'stream broke'));
        this.#answer(stream, headers, rawHeaders).catch((error: unknown) => {
          answerFault(stream, error, log.child({ path: headers[':path'] }));
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

  /** New connections see the new certificate; open ones go on. */
  renew(credentials: ServerCredentials): void {
    this.#server.setSecureContext(secureContext(credentials));
  }

  /** Says goodbye to everybody, gives streams a moment to end, and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends[Symbol.asyncDispose]();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    if (this.#server.listening) this.#server.close(() => resolve());
    else resolve();
    for (const [session, visitor] of this.#visitors) {
      for (const request of visitor.requests)
        request.abort(new PlatformError('unavailable', 'This component is stopping.'));
      if (session.destroyed) continue;
      session.goaway(constants.NGHTTP2_NO_ERROR, 0, goodbye);
      session.close();
    }
    const late = setTimeout(() => {
      for (const session of this.#visitors.keys()) session.destroy();
    }, farewellMs);
    await closed;
    clearTimeout(late);
  }

  #onSession(session: ServerHttp2Session): void {
    const { clock, log, domainId } = this.#options;
    const socket = session.socket as TLSSocket;
    const name = socket.authorized ? parseComponentUri(socket.getPeerX509Certificate()?.subjectAltName) : undefined;
    const identity = name?.domainId === domainId ? { id: name.id, type: name.type } : undefined;
    const reason = socket.authorized ? 'it names no component of this domain' : String(socket.authorizationError);
    const from = socket.remoteAddress;
    const visitor: Visitor = { identity, from, reason, heardAt: clock.monotonicMs(), requests: new Set() };
    this.#visitors.set(session, visitor);
    session.setLocalWindowSize(16 * 1024 * 1024);
    session.on('ping', () => {
      visitor.heardAt = clock.monotonicMs();
    });
    session.on('error', (error) => log.warn({ error, from, ...identity }, 'cut off a broken connection'));
    session.once('close', () => this.#visitors.delete(session));
    if (!identity) {
      const late = setTimeout(() => session.destroy(), strangerMs);
      session.once('close', () => clearTimeout(late));
    }
  }

  #dropSilent(): void {
    const now = this.#options.clock.monotonicMs();
    for (const [session, { identity, heardAt }] of this.#visitors) {
      if (now - heardAt < goneMs) continue;
      if (identity) this.#options.log.warn({ ...identity }, `cut off ${describePeer(identity)}: silent for 5 s`);
      session.destroy();
    }
  }

  async #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: string[]): Promise<void> {
    const visitor = stream.session && this.#visitors.get(stream.session as ServerHttp2Session);
    if (!visitor) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const path = headers[':path'] ?? '';
    const { join, served, self, clock, log } = this.#options;
    if (path === joinPath && headers[':method'] === 'POST' && join) {
      return answerJson(stream, await join(parseJson(await readBody(stream, maxJoinBytes))));
    }
    const { identity } = visitor;
    if (!identity) {
      log.warn({ from: visitor.from, path }, `refused a stranger: ${visitor.reason}`);
      throw new PlatformError('not-authenticated', `Only components of this domain are answered (${visitor.reason}).`);
    }
    const request = new AbortController();
    visitor.requests.add(request);
    stream.once('close', () => {
      visitor.requests.delete(request);
      // Most have been answered in full: nobody works on those any more, and an error costs its stack trace.
      const whole = stream.rstCode === constants.NGHTTP2_NO_ERROR && stream.writableFinished;
      if (!whole) request.abort(new PlatformError('cancelled', 'The caller has ended its request.'));
    });
    const context: LinkContext = {
      caller: identity,
      signal: request.signal,
      silentMs: () => clock.monotonicMs() - visitor.heardAt,
    };
    if (path.startsWith(linkPrefix)) {
      return await answerMethod(stream, headers, { served, self, context, log });
    }
    const handler = served.mounted(path, context);
    handler(new Http2ServerRequest(stream, headers, {}, rawHeaders), new Http2ServerResponse(stream), context);
  }
}

function secureContext({ caCertificate, certificate, privateKey }: ServerCredentials) {
  // The CA goes along in the chain: those who join compare its hash with the one in their token.
  return { ca: caCertificate, cert: `${certificate.trim()}\n${caCertificate}`, key: privateKey };
}
