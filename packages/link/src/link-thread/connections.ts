/** Runs in the link thread: owns its connections and carries out orders on them. */
import type { Fault } from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { dialAddresses } from '../http2/dial-http2.ts';
import type { Http2Session } from '../http2/http2-session.ts';
import { linkPrefix } from '../http2/wire.ts';
import { answerMs, hungThreadMs } from '../limits.ts';
import { linkLost } from '../rpc/session.ts';
import type { Order, Question, Report } from './messages.ts';

type Of<Kind extends Order['kind']> = Extract<Order, { kind: Kind }>;

/** A gate that can be closed (back-pressure). */
class Gate {
  #closed: PromiseWithResolvers<void> | undefined;

  /** Resolves when the gate reopens; `undefined` while it is open. */
  get opened(): Promise<void> | undefined {
    return this.#closed?.promise;
  }
  pause(): void {
    this.#closed ??= Promise.withResolvers();
  }
  resume(): void {
    this.#closed?.resolve();
    this.#closed = undefined;
  }
}

class Task extends Gate {
  readonly stop = new AbortController();
}

export interface ConnectionsOptions {
  clock: Clock;
  /** High-water mark of items in flight to the main thread; above it all streams are paused. */
  maxUntakenChars: number;
}

export class Connections {
  readonly #report: (report: Report) => void;
  readonly #clock: Clock;
  readonly #maxUntakenChars: number;
  readonly #sessions = new Map<number, Http2Session>();
  /** Unanswered heartbeats, with the monotonic time they were sent. */
  readonly #asked = new Map<number, number>();
  readonly #tasks = new Map<number, Task>();
  /** In flight: reported, not yet taken by the main thread. */
  #untakenChars = 0;
  readonly #room = new Gate();
  /** Monotonic, like the next two. */
  #lookedAt: number;
  #listenedAt: number;
  #deafUntil = Number.NEGATIVE_INFINITY;

  constructor(report: (report: Report) => void, { clock, maxUntakenChars }: ConnectionsOptions) {
    this.#report = report;
    this.#clock = clock;
    this.#maxUntakenChars = maxUntakenChars;
    this.#lookedAt = clock.monotonicMs();
    this.#listenedAt = this.#lookedAt;
  }

  carryOut(order: Exclude<Order, { kind: 'finish' }>): void {
    switch (order.kind) {
      case 'dial':
        this.#run(order.task, (signal) => this.#dial(order, signal));
        break;
      case 'call':
        this.#run(order.task, (signal) => this.#call(order, signal));
        break;
      case 'stream':
        this.#run(order.task, (signal, task) => this.#stream(order, signal, task));
        break;
      case 'abandon':
        this.#tasks.get(order.task)?.stop.abort(new PlatformError('cancelled', 'Nobody waits for it any more.'));
        break;
      case 'pause':
        this.#tasks.get(order.task)?.pause();
        break;
      case 'resume':
        this.#tasks.get(order.task)?.resume();
        break;
      case 'heartbeat':
        this.#heartbeat(order.session);
        break;
      case 'close':
        this.#sessions.get(order.session)?.close(order.end);
        break;
      case 'taken':
        this.#untakenChars -= order.chars;
        if (this.#untakenChars <= this.#maxUntakenChars) this.#room.resume();
    }
  }

  /**
   * Liveness report: sessions heard since the last one, even if none, as the thread's own heartbeat. Due every
   * `listenedMs`; after a delay the thread was busy, and silence is not counted until pending answers could arrive.
   */
  listen(): void {
    const now = this.#clock.monotonicMs();
    // Not for ever: those that are dead must be missed some time.
    const isPatient = now - this.#listenedAt < hungThreadMs;
    if (now - this.#lookedAt > answerMs && isPatient) this.#deafUntil = now + answerMs;
    this.#lookedAt = now;
    if (now >= this.#deafUntil) this.#listenedAt = now;
    const sessions: [number, number][] = [];
    for (const [number, askedAt] of this.#asked) {
      const heardAt = now - (this.#sessions.get(number)?.silentMs(now) ?? Number.POSITIVE_INFINITY);
      if (heardAt < askedAt) continue;
      this.#asked.delete(number);
      sessions.push([number, heardAt]);
    }
    this.#report({ kind: 'heard', now, listenedAt: this.#listenedAt, sessions });
  }

  finish(): void {
    for (const { stop } of this.#tasks.values()) stop.abort(new PlatformError('cancelled', 'The links are closed.'));
    for (const session of this.#sessions.values()) session.close();
  }

  /** `work` reports its success itself. */
  #run(task: number, work: (signal: AbortSignal, task: Task) => Promise<void>): void {
    const running = new Task();
    this.#tasks.set(task, running);
    void work(running.stop.signal, running)
      .catch((error: unknown) => this.#report({ kind: 'failed', task, ...failureOf(error) }))
      .finally(() => this.#tasks.delete(task));
  }

  async #dial({ task, ...dialling }: Of<'dial'>, signal: AbortSignal): Promise<void> {
    const session = await dialAddresses(dialling, { clock: this.#clock, signal });
    this.#sessions.set(task, session);
    const { address, localHost, protocol } = session;
    this.#report({ kind: 'connected', task, address, localHost, protocol });
    void session.ended.then((end) => {
      this.#sessions.delete(task);
      this.#asked.delete(task);
      this.#report({ kind: 'ended', session: task, end });
    });
  }

  async #call(order: Of<'call'>, signal: AbortSignal): Promise<void> {
    const { task, method, params, timeoutMs } = order;
    const limit = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    const result = await this.#session(order).post(linkPrefix + method, params, limit);
    this.#report({ kind: 'answered', task, result: result.toString() });
  }

  async #stream(order: Of<'stream'>, signal: AbortSignal, running: Task): Promise<void> {
    const { task, method, params, timeoutMs } = order;
    const limit = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    const give = (item: string) => {
      this.#untakenChars += item.length;
      if (this.#untakenChars > this.#maxUntakenChars) this.#room.pause();
      this.#report({ kind: 'item', task, item });
    };
    const take = (line: Buffer) => {
      const item = line.toString();
      if (running.opened ?? this.#room.opened) return this.#opened(running, () => give(item));
      give(item);
      return undefined;
    };
    await this.#session(order).lines(method, params, take, limit);
    this.#report({ kind: 'done', task });
  }

  /** Waiters deliver one at a time: each may close the gate again for the next. */
  async #opened(running: Task, give: () => void): Promise<void> {
    for (let gate = running.opened ?? this.#room.opened; gate; gate = running.opened ?? this.#room.opened) await gate;
    give();
  }

  #heartbeat(number: number): void {
    const session = this.#sessions.get(number);
    if (!session) return;
    if (!this.#asked.has(number)) this.#asked.set(number, this.#clock.monotonicMs());
    session.heartbeat();
  }

  #session({ session: number, peer }: Question): Http2Session {
    const session = this.#sessions.get(number);
    if (!session) throw linkLost(peer);
    return session;
  }
}

function failureOf(error: unknown): { fault: Fault | undefined; cause: string | undefined } {
  const fault = error instanceof PlatformError ? error.toFault() : undefined;
  const cause = error instanceof PlatformError ? error.cause : error;
  if (cause === undefined) return { fault, cause };
  return { fault, cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
}
