/** Client side of one HTTP/2 connection, opened by `dialHttp2`: usable from the welcome until `ended`. */

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { say } from '@zhiyun/contracts';
import { commonProtocol, type LinkAddress, linkProtocol, parseProtocols } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { z } from 'zod';
import { answerMs, callTimeoutMs, maxHeaderParamsBytes, maxResultBytes } from '../limits.ts';
import { PipeEnd } from '../rpc/pipe-end.ts';
import { type ComponentIdentity, linkLost, type Session, type SessionEnd } from '../rpc/session.ts';
import type { CallOptions, PlainRequest, PlainResponse, TakeItem } from '../types.ts';
import { CallLimit } from './call-limit.ts';
import { ConnectionEnd } from './connection-end.ts';
import { plainRequest } from './plain.ts';
import { readLines, type TakeLine } from './read-lines.ts';
import {
  encodeParams,
  faultOfBody,
  faultOfTrailers,
  goodbye,
  helloMethod,
  helloSchema,
  linkPrefix,
  paramsHeader,
  parseJson,
  protocolMismatch,
  readBody,
  requestHeaders,
} from './wire.ts';

type ResponseHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

export class Http2Session implements Session {
  readonly address: LinkAddress;
  readonly #session: ClientHttp2Session;
  readonly #label: string;
  readonly #clock: Clock;
  #identity: z.infer<typeof helloSchema> | undefined;
  #protocol: number | undefined;
  readonly #end: ConnectionEnd;
  readonly #socket: Socket;
  /** The unacknowledged heartbeat, and how many bytes had been written before it. */
  #asked: { ms: number; byte: number } | undefined;
  #heardAt: number;

  constructor(
    session: ClientHttp2Session,
    { socket, label, address, clock }: { socket: Socket; label: string; address: LinkAddress; clock: Clock },
  ) {
    this.#session = session;
    this.#socket = socket;
    this.address = address;
    this.#label = label;
    this.#clock = clock;
    this.#heardAt = clock.monotonicMs();
    this.#end = new ConnectionEnd(session, socket);
  }

  get ended(): Promise<SessionEnd> {
    return this.#end.ended;
  }
  /** Lazy: read from the socket only when needed. */
  get localHost(): string {
    return this.#socket.localAddress ?? '';
  }
  /** Identity from the answer to our hello. */
  get identity(): ComponentIdentity & { name: string } {
    if (!this.#identity) throw new Error('No hello was said on this session');
    return this.#identity;
  }

  /** Our oldest version until one is negotiated. */
  get protocol(): number {
    return this.#protocol ?? linkProtocol.oldest;
  }

  /** Sets the negotiated version. */
  speak(protocol: number): void {
    this.#protocol = protocol;
  }

  /** Throws `protocol-mismatch`. */
  async hello(options: CallOptions): Promise<void> {
    this.#identity = helloSchema.parse(await this.call(helloMethod, {}, options));
    const theirs = parseProtocols(this.#identity.protocols);
    const common = theirs && commonProtocol(linkProtocol, theirs);
    if (common === undefined) throw protocolMismatch(theirs);
    this.#protocol = common;
  }

  async call(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
    return parseJson(await this.post(linkPrefix + method, JSON.stringify(params), options));
  }

  /** `body` and answer are JSON. */
  async post(path: string, body: string, options: CallOptions = {}): Promise<Buffer> {
    const stream = this.#open(requestHeaders(path, this.#protocol));
    using limit = new CallLimit(stream, options, () => this.#late(path, options));
    stream.end(body);
    try {
      return await this.#succeeded(stream, await opened(stream));
    } catch (error) {
      stream.close(constants.NGHTTP2_CANCEL);
      throw this.#explain(limit, error);
    }
  }

  async stream(method: string, params: unknown, take: TakeItem, options: CallOptions = {}): Promise<void> {
    await this.lines(method, JSON.stringify(params), (line) => take(parseJson(line)), options);
  }

  /** The same for a stream: parameters and items are JSON. */
  async lines(method: string, params: string, take: TakeLine, options: CallOptions = {}): Promise<void> {
    const stream = this.#open(requestHeaders(linkPrefix + method, this.#protocol));
    const ending = trailersOf(stream);
    using limit = new CallLimit(stream, options, () => this.#late(method, options));
    stream.end(params);
    let isRead = false;
    try {
      await this.#accepted(stream, limit);
      limit.opened();
      await readLines(stream, { maxBytes: maxResultBytes, broken: (cause) => this.#explain(limit, cause) }, take);
      isRead = true;
      const failure = faultOfTrailers(ending.trailers, () => this.#lost());
      if (failure) throw this.#explain(limit, failure);
    } finally {
      // One that was read to its end closes by itself; to cancel it would only disturb the end of its sender.
      if (!isRead) stream.close(constants.NGHTTP2_CANCEL);
    }
  }

  async pipe(method: string, params: unknown, options: CallOptions = {}): Promise<Duplex> {
    const encoded = encodeParams(params);
    if (encoded.length > maxHeaderParamsBytes) {
      throw new PlatformError('payload-too-large', `The parameters of ${method} do not fit into a header.`);
    }
    const stream = this.#open({ ...requestHeaders(linkPrefix + method, this.#protocol), [paramsHeader]: encoded });
    const ending = trailersOf(stream);
    using limit = new CallLimit(stream, options, () => this.#late(method, options));
    await this.#accepted(stream, limit);
    const bytes = new PipeEnd(stream, {
      failure: () => faultOfTrailers(ending.trailers, () => this.#lost()),
      cut: () => stream.close(constants.NGHTTP2_CANCEL),
    });
    // It may break before its owner reads, who gets the error then; unheard, it would end the process.
    bytes.on('error', () => {});
    return bytes;
  }

  async request(request: PlainRequest): Promise<PlainResponse> {
    return await plainRequest(this.#session, request, (cause) => this.#lost(cause));
  }

  heartbeat(): void {
    if (this.#session.destroyed || this.#session.connecting) return;
    // Not even sent after all this time: the peer has reset the connection, and Node does not say so (see ConnectionEnd).
    const now = { ms: this.#clock.monotonicMs(), byte: this.#socket.bytesWritten };
    const isStuck = this.#asked?.byte === now.byte && now.ms - this.#asked.ms > answerMs;
    this.#asked = now;
    if (isStuck) this.close();
    else this.#ask();
  }

  #ask(): void {
    this.#session.ping((error: Error | null) => {
      this.#asked = undefined;
      if (!error) this.#heardAt = this.#clock.monotonicMs();
    });
  }

  silentMs(now: number): number {
    return now - this.#heardAt;
  }

  close(end: SessionEnd = 'lost'): void {
    if (end === 'goodbye' && !this.#session.destroyed) this.#session.goaway(constants.NGHTTP2_NO_ERROR, 0, goodbye);
    this.#end.close();
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

  /** Waits for the stream to open. Throws the peer's fault. */
  async #accepted(stream: ClientHttp2Stream, limit: CallLimit): Promise<void> {
    try {
      const headers = await opened(stream);
      if (headers[':status'] !== 200) await this.#succeeded(stream, headers);
    } catch (error) {
      throw this.#explain(limit, error);
    }
  }

  /** The body of a 200; anything else is thrown as the error it carries. */
  async #succeeded(stream: ClientHttp2Stream, headers: ResponseHeaders): Promise<Buffer> {
    const body = await readBody(stream, maxResultBytes);
    if (headers[':status'] === 200) return body;
    throw faultOfBody(body, () => new PlatformError('internal', `${this.#label} answered ${headers[':status']}.`));
  }

  /** Finds the real cause: our own abort or timeout, the peer's fault, or a lost connection. */
  #explain(limit: CallLimit, error: unknown): unknown {
    return limit.reason ?? (error instanceof PlatformError ? error : this.#lost(error));
  }

  #late(what: string, { timeoutMs = callTimeoutMs }: CallOptions): PlatformError {
    return new PlatformError('timeout', say('link.late', { peer: this.#label, what, seconds: timeoutMs / 1000 }));
  }

  #lost(cause?: unknown): PlatformError {
    return linkLost(this.#label, cause);
  }
}

function opened(stream: ClientHttp2Stream): Promise<ResponseHeaders> {
  const { promise, resolve, reject } = Promise.withResolvers<ResponseHeaders>();
  let isOpen = false;
  stream.once('response', (headers) => {
    isOpen = true;
    resolve(headers);
  });
  stream.once('error', reject);
  // Every stream closes, and an error costs its stack trace.
  stream.once('close', () => isOpen || reject(new Error('The stream closed before its answer.')));
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
