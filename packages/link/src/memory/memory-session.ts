/**
 * A session without a network: runs methods directly, with the same validation and JSON encoding. Plain HTTP goes
 * through HTTP/2 over a pair of in-memory streams.
 */

import type { ClientHttp2Session } from 'node:http2';
import { type Duplex, duplexPair } from 'node:stream';
import { say } from '@zhiyun/contracts';
import { linkProtocol } from '@zhiyun/contracts/links';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import { plainRequest } from '../http2/plain.ts';
import { callTimeoutMs } from '../limits.ts';
import { PipeEnd } from '../rpc/pipe-end.ts';
import type { Served, ServedMethod } from '../rpc/served.ts';
import { type ComponentIdentity, linkLost, type Session, type SessionEnd } from '../rpc/session.ts';
import type { CallOptions, LinkContext, PlainRequest, PlainResponse, TakeItem } from '../types.ts';
import { openPlainLink } from './plain-link.ts';
import { asSent, overWire, WorkLimit } from './work-limit.ts';

export interface MemorySessionOptions {
  caller: ComponentIdentity;
  /** What the peer serves. */
  served: Served;
  label: string;
  log: Logger;
  /** Default: the newest. */
  protocol?: number | undefined;
}

export class MemorySession implements Session {
  readonly ended: Promise<SessionEnd>;
  readonly protocol: number;
  readonly #options: MemorySessionOptions;
  readonly #end: (end: SessionEnd) => void;
  readonly #broken = new AbortController();
  #plain: ClientHttp2Session | undefined;

  constructor(options: MemorySessionOptions) {
    this.#options = options;
    this.protocol = options.protocol ?? linkProtocol.newest;
    const { promise, resolve } = Promise.withResolvers<SessionEnd>();
    this.ended = promise;
    this.#end = resolve;
  }

  async call(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
    using limit = this.#limit(method, options);
    const served = this.#served(method, 'call');
    return overWire(await limit.race(served.run(overWire(params), this.#context(limit.signal))));
  }

  async stream(method: string, params: unknown, take: TakeItem, options: CallOptions = {}): Promise<void> {
    using limit = this.#limit(method, options);
    limit.opened();
    const items = this.#served(method, 'stream').run(overWire(params), this.#context(limit.signal));
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await limit.race(iterator.next());
        if (next.done) return;
        await take(overWire(next.value));
      }
    } finally {
      limit.abort(new PlatformError('cancelled', 'The caller has ended its request.'));
      // Not awaited: a generator that ignores its signal must not hold the caller.
      void Promise.resolve(iterator.return?.()).catch(() => {});
    }
  }

  async pipe(method: string, params: unknown, options: CallOptions = {}): Promise<Duplex> {
    using limit = this.#limit(method, options);
    const served = this.#served(method, 'pipe');
    const [near, far] = duplexPair();
    const ended = new AbortController();
    const { promise: touched, resolve: onTouch } = Promise.withResolvers<void>();
    let fault: Error | undefined;
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    const failure = () => fault ?? (this.#broken.signal.aborted ? linkLost(this.#options.label) : undefined);
    const ours = new PipeEnd(near, { failure, cut });
    const theirs = new PipeEnd(far, { onTouch, failure, cut });
    theirs.on('error', () => {});
    const onBroken = () => cut();
    this.#broken.signal.addEventListener('abort', onBroken, { once: true });
    const run = served.run(overWire(params), theirs, this.#context(ended.signal)).then(
      () => {
        if (!theirs.writableEnded && !theirs.destroyed) theirs.end();
      },
      (error: unknown) => {
        fault = asSent(error);
        cut();
        throw fault;
      },
    );
    ours.once('close', () => {
      this.#broken.signal.removeEventListener('abort', onBroken);
      ended.abort(new PlatformError('cancelled', 'The caller has ended its request.'));
    });
    run.catch(() => {});
    ours.on('error', () => {});
    await limit.race(Promise.race([touched, run]));
    return ours;
  }

  async request(request: PlainRequest): Promise<PlainResponse> {
    this.#requireWhole();
    const { caller, served, log } = this.#options;
    this.#plain ??= openPlainLink({ caller, served, log });
    return await plainRequest(this.#plain, request, (cause) => linkLost(this.#options.label, cause));
  }

  heartbeat(): void {}

  silentMs(): number {
    return 0;
  }

  close(end: SessionEnd = 'lost'): void {
    this.#broken.abort(linkLost(this.#options.label));
    this.#plain?.destroy();
    this.#end(end);
  }

  #requireWhole(): void {
    if (this.#broken.signal.aborted) throw linkLost(this.#options.label);
  }

  #served<Kind extends ServedMethod['kind']>(method: string, kind: Kind): Extract<ServedMethod, { kind: Kind }> {
    this.#requireWhole();
    const served = this.#options.served.method(method);
    if (served.kind !== kind) throw new PlatformError('not-found', `${method} is no ${kind}.`);
    return served as Extract<ServedMethod, { kind: Kind }>;
  }

  #context(signal: AbortSignal): LinkContext {
    return { caller: this.#options.caller, protocol: this.protocol, signal, silentMs: () => 0 };
  }

  #limit(method: string, { timeoutMs = callTimeoutMs, signal }: CallOptions): WorkLimit {
    const late = () =>
      new PlatformError(
        'timeout',
        say('link.late', { peer: this.#options.label, what: method, seconds: timeoutMs / 1000 }),
      );
    return new WorkLimit([this.#broken.signal, ...(signal ? [signal] : [])], timeoutMs, late);
  }
}
