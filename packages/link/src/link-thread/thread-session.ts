/**
 * A session whose connection a link thread holds. Questions and reports go through that thread; what flows (pipes, plain HTTP) would
 * only be copied once more, and takes a connection of our own thread, made when it is first needed.
 */
import type { Duplex } from 'node:stream';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { parseJson } from '../http2/wire.ts';
import { linkLost, type Session, type SessionEnd } from '../session.ts';
import type { CallOptions, PlainRequest, PlainResponse, TakeItem } from '../types.ts';
import type { LinkThread } from './link-thread.ts';

export interface ThreadSessionOptions {
  number: number;
  thread: LinkThread;
  dialHere: (signal: AbortSignal) => Promise<Session>;
  label: string;
  address: LinkAddress;
  localHost: string;
  /** Monotonic. */
  heardAt: number;
}

export class ThreadSession implements Session {
  readonly ended: Promise<SessionEnd>;
  readonly #options: ThreadSessionOptions;
  readonly #over: (end: SessionEnd) => void;
  readonly #ending = new AbortController();
  #heardAt: number;
  #here: Promise<Session> | undefined;

  constructor(options: ThreadSessionOptions) {
    this.#options = options;
    this.#heardAt = options.heardAt;
    ({ promise: this.ended, resolve: this.#over } = Promise.withResolvers<SessionEnd>());
  }

  get address(): LinkAddress {
    return this.#options.address;
  }
  get localHost(): string {
    return this.#options.localHost;
  }

  async call(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
    return parseJson(await this.#thread.call(this.#question(method, params, options), options.signal));
  }

  async stream(method: string, params: unknown, take: TakeItem, options: CallOptions = {}): Promise<void> {
    const question = this.#question(method, params, options);
    await this.#thread.stream(question, (item) => take(parseJson(item)), options.signal);
  }

  async pipe(method: string, params: unknown, options?: CallOptions): Promise<Duplex> {
    return await (await this.#dialledHere()).pipe(method, params, options);
  }

  async request(request: PlainRequest): Promise<PlainResponse> {
    return await (await this.#dialledHere()).request(request);
  }

  heartbeat(): void {
    if (!this.#isOver) this.#options.thread.beat(this.#options.number);
  }

  /** Until it has ended: as of when the thread last listened, for it may be busy. */
  silentMs(now: number): number {
    const listenedAt = this.#isOver ? now : Math.min(now, this.#options.thread.listenedAt);
    return Math.max(0, listenedAt - this.#heardAt);
  }

  close(end: SessionEnd = 'lost'): void {
    this.#options.thread.close(this.#options.number, end);
    this.hasEnded('lost');
  }

  /** Said by the thread, as is the next. `at`: monotonic. */
  heard(at: number): void {
    this.#heardAt = Math.max(this.#heardAt, at);
  }

  hasEnded(end: SessionEnd): void {
    this.#ending.abort(linkLost(this.#options.label));
    this.#over(end);
  }

  get #isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  get #thread(): LinkThread {
    if (this.#isOver) throw this.#ending.signal.reason;
    return this.#options.thread;
  }

  #question(method: string, params: unknown, { timeoutMs }: CallOptions) {
    const { number: session, label: peer } = this.#options;
    return { session, peer, method, params: JSON.stringify(params), timeoutMs };
  }

  async #dialledHere(): Promise<Session> {
    this.#here ??= this.#dialHere();
    return await this.#here;
  }

  async #dialHere(): Promise<Session> {
    const again = () => {
      this.#here = undefined;
    };
    try {
      const { signal } = this.#ending;
      const session = await this.#options.dialHere(signal);
      const close = () => session.close();
      if (signal.aborted) close();
      signal.addEventListener('abort', close, { once: true });
      void session.ended.then(again);
      return session;
    } catch (error) {
      again();
      throw error;
    }
  }
}
