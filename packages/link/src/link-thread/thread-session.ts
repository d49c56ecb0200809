/** A session whose connection lives in a link thread. Carries calls and streams only; see `LinkThread`. */
import type { Duplex } from 'node:stream';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { parseJson } from '../http2/wire.ts';
import { answerMs } from '../limits.ts';
import { linkLost, type Session, type SessionEnd } from '../rpc/session.ts';
import type { CallOptions, PlainResponse, TakeItem } from '../types.ts';
import type { LinkThread } from './link-thread.ts';

export interface ThreadSessionOptions {
  number: number;
  thread: LinkThread;
  /** Names the peer in errors. */
  peer: string;
  address: LinkAddress;
  localHost: string;
  protocol: number;
  /** Monotonic. */
  heardAt: number;
}

export class ThreadSession implements Session {
  readonly ended: Promise<SessionEnd>;
  readonly #options: ThreadSessionOptions;
  readonly #over: (end: SessionEnd) => void;
  #heardAt: number;
  #isOver = false;

  constructor(options: ThreadSessionOptions) {
    this.#options = options;
    this.#heardAt = options.heardAt;
    ({ promise: this.ended, resolve: this.#over } = Promise.withResolvers<SessionEnd>());
  }

  get address(): LinkAddress {
    return this.#options.address;
  }
  get protocol(): number {
    return this.#options.protocol;
  }
  get localHost(): string {
    return this.#options.localHost;
  }

  async call(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
    const question = this.#question(method, params, options);
    return parseJson(await this.#options.thread.call(question, options.signal));
  }

  async stream(method: string, params: unknown, take: TakeItem, options: CallOptions = {}): Promise<void> {
    const question = this.#question(method, params, options);
    await this.#options.thread.stream(question, (item) => take(parseJson(item)), options.signal);
  }

  async pipe(): Promise<Duplex> {
    throw new Error('A link thread carries no pipes');
  }

  async request(): Promise<PlainResponse> {
    throw new Error('A link thread carries no plain HTTP');
  }

  heartbeat(): void {
    if (!this.#isOver) this.#options.thread.beat(this.#options.number);
  }

  /** When the thread lags, silence is judged as of when it last listened: its load must not make peers suspect. */
  silentMs(now: number): number {
    const { listenedAt } = this.#options.thread;
    const isLate = !this.#isOver && now - listenedAt > answerMs;
    return Math.max(0, (isLate ? listenedAt : now) - this.#heardAt);
  }

  close(end: SessionEnd = 'lost'): void {
    this.#options.thread.close(this.#options.number, end);
    this.hasEnded('lost');
  }

  /** Reported by the thread, like the next. `at`: monotonic. */
  heard(at: number): void {
    this.#heardAt = Math.max(this.#heardAt, at);
  }

  hasEnded(end: SessionEnd): void {
    this.#isOver = true;
    this.#over(end);
  }

  #question(method: string, params: unknown, { timeoutMs }: CallOptions) {
    const { number: session, peer } = this.#options;
    if (this.#isOver) throw linkLost(peer);
    return { session, peer, method, params: JSON.stringify(params), timeoutMs };
  }
}
