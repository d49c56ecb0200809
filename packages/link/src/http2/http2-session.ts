/**
 * The calling side of one HTTP/2 connection. `dialHttp2` proves by the peer's certificate who answers before a byte of ours
 * is sent, then says hello; from then on the session is usable until `ended`.
 */
import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import type { DomainId } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { parseComponentUri } from '../component-uri.ts';
import { callTimeoutMs, dialTimeoutMs, maxHeaderParamsBytes, maxResultBytes } from '../limits.ts';
import { PipeEnd } from '../pipe-end.ts';
import { type ComponentIdentity, describePeer, linkLost, type Session, type SessionEnd } from '../session.ts';
import type { CallOptions, PlainRequest, PlainResponse } from '../types.ts';
import { plainRequest } from './plain.ts';
import {
  encodeParams,
  faultOfBody,
  faultOfTrailers,
  helloMethod,
  helloSchema,
  linesOf,
  linkPrefix,
  paramsHeader,
  parseJson,
  readBody,
  requestHeaders,
} from './wire.ts';

type ResponseHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** PEM. Without key and certificate one is a stranger, who may only join. */
export interface Credentials {
  caCertificate: string;
  certificate?: string;
  privateKey?: string;
}

export interface DialOptions {
  address: LinkAddress;
  credentials: Credentials;
  /** `id` and `domainId` are unknown to those who only have an address. */
  expect: { type: ComponentIdentity['type']; id?: ComponentIdentity['id']; domainId?: DomainId };
  name?: string;
  clock: Clock;
  signal?: AbortSignal;
}

/** Throws `unavailable` when nobody answers, `join-refused` when somebody else does, or what the peer says to our hello. */
export async function dialHttp2(options: DialOptions): Promise<Http2Session> {
  const { address, credentials, expect, signal } = options;
  signal?.throwIfAborted();
  const label = describePeer({ ...expect, ...(options.name && { name: options.name }) });
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const place = `${host}:${address.port}`;
  const session = http2.connect(`https://${place}`, {
    ca: credentials.caCertificate,
    cert: credentials.certificate,
    key: credentials.privateKey,
    minVersion: 'TLSv1.3',
    checkServerIdentity: (_host: string, certificate: PeerCertificate) => identityError(certificate, options, place),
    settings: { initialWindowSize: 1024 * 1024, enablePush: false },
  });
  session.on('error', () => {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  session.once('connect', () => resolve());
  session.once('error', (cause) => {
    reject(
      cause instanceof PlatformError
        ? cause
        : new PlatformError('unavailable', `${label} cannot be reached at ${place}: ${cause.message}.`, { cause }),
    );
  });
  session.once('close', () => reject(new PlatformError('unavailable', `${label} at ${place} closed the connection.`)));
  const late = setTimeout(
    () => session.destroy(new PlatformError('unavailable', `${label} does not answer at ${place}.`)),
    dialTimeoutMs,
  );
  const onAbort = () => session.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
    session.setLocalWindowSize(16 * 1024 * 1024);
    const open = new Http2Session(session, label, options.clock);
    if (credentials.certificate) await open.hello();
    return open;
  } catch (error) {
    session.destroy();
    throw error;
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', onAbort);
  }
}

function identityError(certificate: PeerCertificate, { expect }: DialOptions, place: string): Error | undefined {
  const name = parseComponentUri(certificate.subjectaltname);
  const fits =
    name?.type === expect.type &&
    (expect.id === undefined || name.id === expect.id) &&
    (expect.domainId === undefined || name.domainId === expect.domainId);
  if (fits) return undefined;
  const found = name ? describePeer(name) : 'something without a component certificate';
  return new PlatformError('join-refused', `At ${place} answers ${found}, not ${describePeer(expect)}.`);
}

export class Http2Session implements Session {
  readonly ended: Promise<SessionEnd>;
  /** Our own address, as the connection to this peer shows it. */
  readonly localHost: string | undefined;
  readonly #session: ClientHttp2Session;
  readonly #label: string;
  readonly #clock: Clock;
  #identity: (ComponentIdentity & { name: string }) | undefined;
  #heardAt: number;

  constructor(session: ClientHttp2Session, label: string, clock: Clock) {
    this.#session = session;
    this.localHost = session.socket.localAddress;
    this.#label = label;
    this.#clock = clock;
    this.#heardAt = clock.monotonicMs();
    let end: SessionEnd = 'lost';
    session.on('goaway', (_code, _last, data) => {
      if (data?.toString() === 'goodbye') end = 'goodbye';
    });
    const { promise, resolve } = Promise.withResolvers<SessionEnd>();
    session.once('close', () => resolve(end));
    this.ended = promise;
  }

  /** Who answered our hello. */
  get identity(): ComponentIdentity & { name: string } {
    if (!this.#identity) throw new Error('No hello was said on this session');
    return this.#identity;
  }

  async hello(): Promise<void> {
    this.#identity = helloSchema.parse(await this.call(helloMethod, {}));
  }

  async call(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
    return parseJson(await this.post(linkPrefix + method, params, options));
  }

  async post(path: string, body: unknown, options: CallOptions = {}): Promise<Buffer> {
    const stream = this.#open(requestHeaders(path));
    using limit = new Limit(stream, options, () => this.#late(path, options));
    stream.end(JSON.stringify(body));
    try {
      return await this.#succeeded(stream, await opened(stream));
    } catch (error) {
      throw this.#explain(limit, error);
    }
  }

  async *stream(method: string, params: unknown, options: CallOptions = {}): AsyncGenerator<unknown> {
    const stream = this.#open(requestHeaders(linkPrefix + method));
    const ending = trailersOf(stream);
    using limit = new Limit(stream, options, () => this.#late(method, options));
    stream.end(JSON.stringify(params));
    try {
      const headers = await opened(stream);
      limit.opened();
      if (headers[':status'] !== 200) await this.#succeeded(stream, headers);
      for await (const line of linesOf(stream, maxResultBytes)) yield JSON.parse(line);
      const failure = faultOfTrailers(ending.trailers, () => this.#lost());
      if (failure) throw failure;
    } catch (error) {
      throw this.#explain(limit, error);
    } finally {
      stream.close(constants.NGHTTP2_CANCEL);
    }
  }

  async pipe(method: string, params: unknown, options: CallOptions = {}): Promise<Duplex> {
    const encoded = encodeParams(params);
    if (encoded.length > maxHeaderParamsBytes) {
      throw new PlatformError('payload-too-large', `The parameters of ${method} do not fit into a header.`);
    }
    const stream = this.#open({ ...requestHeaders(linkPrefix + method), [paramsHeader]: encoded });
    const ending = trailersOf(stream);
    using limit = new Limit(stream, options, () => this.#late(method, options));
    try {
      const headers = await opened(stream);
      if (headers[':status'] !== 200) await this.#succeeded(stream, headers);
    } catch (error) {
      throw this.#explain(limit, error);
    }
    return new PipeEnd(stream, {
      failure: () => faultOfTrailers(ending.trailers, () => this.#lost()),
      cut: () => stream.close(constants.NGHTTP2_CANCEL),
    });
  }

  async request(request: PlainRequest): Promise<PlainResponse> {
    return await plainRequest(this.#session, request, (cause) => this.#lost(cause));
  }

  heartbeat(): void {
    if (this.#session.destroyed || this.#session.connecting) return;
    this.#session.ping((error: Error | null) => {
      if (!error) this.#heardAt = this.#clock.monotonicMs();
    });
  }

  silentMs(): number {
    return this.#clock.monotonicMs() - this.#heardAt;
  }

  close(): void {
    this.#session.destroy();
  }

  #open(headers: Record<string, string>): ClientHttp2Stream {
    try {
      const stream = this.#session.request(headers);
      stream.on('error', () => {});
      return stream;
    } catch (cause) {
      throw this.#lost(cause);
    }
  }

  /** The body of a 200; anything else is thrown as the error it carries. */
  async #succeeded(stream: ClientHttp2Stream, headers: ResponseHeaders): Promise<Buffer> {
    const body = await readBody(stream, maxResultBytes);
    if (headers[':status'] === 200) return body;
    throw faultOfBody(body, () => new PlatformError('internal', `${this.#label} answered ${headers[':status']}.`));
  }

  /** What really happened: our own reason to give up, the peer's fault, or a lost link. */
  #explain(limit: Limit, error: unknown): unknown {
    return limit.reason ?? (error instanceof PlatformError ? error : this.#lost(error));
  }

  #late(what: string, { timeoutMs = callTimeoutMs }: CallOptions): PlatformError {
    return new PlatformError('timeout', `${this.#label} did not answer ${what} within ${timeoutMs / 1000} s.`);
  }

  #lost(cause?: unknown): PlatformError {
    return linkLost(this.#label, cause);
  }
}

/** Cancels a stream when its caller's time is up or its caller gives up, and remembers why. */
class Limit implements Disposable {
  reason: unknown;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;

  constructor(stream: ClientHttp2Stream, { timeoutMs = callTimeoutMs, signal }: CallOptions, late: () => Error) {
    const cancel = (reason: unknown) => {
      this.reason ??= reason;
      stream.close(constants.NGHTTP2_CANCEL);
    };
    this.#timer = setTimeout(() => cancel(late()), timeoutMs);
    this.#signal = signal;
    this.#onAbort = () => cancel(signal?.reason);
    if (signal?.aborted) this.#onAbort();
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** From here on only the signal counts. */
  opened(): void {
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

function opened(stream: ClientHttp2Stream): Promise<ResponseHeaders> {
  const { promise, resolve, reject } = Promise.withResolvers<ResponseHeaders>();
  stream.once('response', resolve);
  stream.once('error', reject);
  stream.once('close', () => reject(new Error('The stream closed before its answer.')));
  return promise;
}

/** Trailers come before the end of the stream. */
function trailersOf(stream: ClientHttp2Stream): { trailers?: IncomingHttpHeaders } {
  const ending: { trailers?: IncomingHttpHeaders } = {};
  stream.once('trailers', (trailers: IncomingHttpHeaders) => {
    ending.trailers = trailers;
  });
  return ending;
}
