/**
 * Handle, in the main thread, of a worker that holds the connections to hundreds of nodes: TLS and HTTP/2 are most of
 * their cost. Dialling yields sessions with calls and streams. Pipes and plain HTTP do not go through it: their bytes
 * would only be copied once more.
 */
import { Worker } from 'node:worker_threads';
import { type Clock, errorFromFault, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Dialling } from '../http2/dial-http2.ts';
import { farewellMs, heartbeatMs, hungThreadMs, linkThreadName } from '../limits.ts';
import { InTurn } from '../rpc/in-turn.ts';
import { describePeer, linkLost, type Session, type SessionEnd } from '../rpc/session.ts';
import type { TakeItem } from '../types.ts';
import type { Order, Question, Report } from './messages.ts';
import { Outbox } from './outbox.ts';
import { ThreadSession } from './thread-session.ts';

/** Acknowledges consumed items to the thread in steps of this many characters (back-pressure). */
const tellTakenChars = 1024 * 1024;

interface Task {
  /** For errors. */
  peer: string;
  /** Every report about this task that is no failure. */
  heard: (report: Extract<Report, { task: number }>) => void;
  /** Queued behind earlier reports. */
  failed: (error: unknown) => void;
  /** Immediate: aborted by its caller, or the thread has ended. */
  cut: (error: unknown) => void;
}

export interface LinkThreadOptions {
  clock: Clock;
  log: Logger;
  /** The worker's script; tests have others. */
  script?: URL;
}

export class LinkThread implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #orders: Outbox<Order>;
  readonly #tasks = new Map<number, Task>();
  readonly #sessions = new Map<number, ThreadSession>();
  readonly #exited: Promise<void>;
  readonly #watching: Disposable;
  #lastTask = 0;
  #takenChars = 0;
  /** Clock offset to the thread: the smallest delay that any report seemed to take. */
  #clockOffsetMs = Number.POSITIVE_INFINITY;
  #listenedAt: number;
  /** Monotonic: time of its last report. */
  #reportedAt: number;
  #life: 'running' | 'stopping' | 'over' = 'running';

  constructor({ clock, log, script = new URL('thread.ts', import.meta.url) }: LinkThreadOptions) {
    this.#clock = clock;
    this.#listenedAt = clock.monotonicMs();
    this.#reportedAt = this.#listenedAt;
    this.#worker = new Worker(script, { name: linkThreadName });
    this.#orders = new Outbox((orders) => this.#worker.postMessage(orders));
    this.#worker.on('message', (reports: readonly Report[]) => {
      this.#reportedAt = clock.monotonicMs();
      for (const report of reports) this.#take(report);
    });
    this.#worker.on('error', (error) => log.error({ error }, 'the thread of the links has failed'));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    this.#worker.once('exit', () => {
      this.#watching[Symbol.dispose]();
      this.#over();
      resolve();
    });
    let lookedAt = this.#reportedAt;
    this.#watching = clock.every(heartbeatMs, () => {
      const now = clock.monotonicMs();
      // The whole process was paused, and the thread with it.
      if (now - lookedAt > 2 * heartbeatMs) this.#reportedAt = now;
      lookedAt = now;
      if (now - this.#reportedAt < hungThreadMs) return;
      log.error({}, `the thread of the links has said nothing for ${hungThreadMs / 1000} s and is ended`);
      void this.#worker.terminate();
    });
  }

  /** True after a failure or disposal: no dials any more. */
  get isOver(): boolean {
    return this.#life === 'over';
  }

  /** Monotonic: everything received by then was processed. */
  get listenedAt(): number {
    return this.#listenedAt;
  }

  /** Throws as dialling in the main thread does. */
  async dial(dialling: Dialling, signal: AbortSignal): Promise<Session> {
    const { promise, resolve, reject } = Promise.withResolvers<Session>();
    const peer = describePeer({ ...dialling.expect, name: dialling.name });
    const heard: Task['heard'] = (report) => {
      if (report.kind !== 'connected') return;
      const { task: number, address, localHost, protocol } = report;
      const heardAt = this.#clock.monotonicMs();
      const session = new ThreadSession({ number, thread: this, peer, address, localHost, protocol, heardAt });
      this.#sessions.set(number, session);
      resolve(session);
    };
    const waiting = { peer, heard, failed: reject, cut: reject };
    using _running = this.#begin((task) => ({ kind: 'dial', task, ...dialling }), waiting, signal);
    return await promise;
  }

  /** Answers JSON. */
  async call(question: Question, signal: AbortSignal | undefined): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const heard: Task['heard'] = (report) => {
      if (report.kind === 'answered') resolve(report.result);
    };
    const waiting = { peer: question.peer, heard, failed: reject, cut: reject };
    using _running = this.#begin((task) => ({ kind: 'call', task, ...question }), waiting, signal);
    return await promise;
  }

  /** Items are JSON. */
  async stream(question: Question, take: TakeItem<string>, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const items = new InTurn({
      take,
      pause: () => this.#orders.put({ kind: 'pause', task: running.task }),
      resume: () => this.#orders.put({ kind: 'resume', task: running.task }),
      ended: resolve,
      failed: reject,
    });
    const waiting: Task = {
      peer: question.peer,
      heard: (report) => {
        if (report.kind === 'item') items.give(report.item);
        else items.end();
      },
      failed: (error) => items.end({ error }),
      cut: (error) => items.fail(error),
    };
    using running = this.#begin((task) => ({ kind: 'stream', task, ...question }), waiting, signal);
    await promise;
  }

  beat(session: number): void {
    this.#orders.putLater({ kind: 'heartbeat', session });
  }

  close(session: number, end: SessionEnd): void {
    if (this.#sessions.delete(session)) this.#orders.put({ kind: 'close', session, end });
  }

  /** Dispose after its sessions: queued frames get a moment to leave. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#life === 'running') {
      this.#life = 'stopping';
      this.#orders.put({ kind: 'finish' });
    }
    const late = setTimeout(() => void this.#worker.terminate(), 2 * farewellMs);
    await this.#exited;
    clearTimeout(late);
  }

  /** Starts a task; disposal of the result abandons it if unfinished. Throws when it cannot start. */
  #begin(
    order: (task: number) => Order,
    waiting: Task,
    signal: AbortSignal | undefined,
  ): Disposable & { task: number } {
    signal?.throwIfAborted();
    if (this.#life !== 'running') throw new PlatformError('unavailable', 'The thread of the links has ended.');
    const task = ++this.#lastTask;
    const onAbort = () => waiting.cut(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#tasks.set(task, waiting);
    this.#orders.put(order(task));
    return {
      task,
      [Symbol.dispose]: () => {
        signal?.removeEventListener('abort', onAbort);
        if (this.#tasks.delete(task)) this.#orders.put({ kind: 'abandon', task });
      },
    };
  }

  #take(report: Report): void {
    switch (report.kind) {
      case 'heard':
        this.#noteHeard(report);
        break;
      case 'ended':
        this.#sessions.get(report.session)?.hasEnded(report.end);
        this.#sessions.delete(report.session);
        break;
      case 'item':
        this.#noteTaken(report.item);
        this.#tasks.get(report.task)?.heard(report);
        break;
      default: {
        const task = this.#tasks.get(report.task);
        this.#tasks.delete(report.task);
        if (report.kind === 'failed') task?.failed(errorOf(report));
        else if (task) task.heard(report);
        // Nobody wants it any more.
        else if (report.kind === 'connected') this.#orders.put({ kind: 'close', session: report.task, end: 'lost' });
      }
    }
  }

  #noteHeard({ now, listenedAt, sessions }: Extract<Report, { kind: 'heard' }>): void {
    this.#clockOffsetMs = Math.min(this.#clockOffsetMs, this.#clock.monotonicMs() - now);
    this.#listenedAt = listenedAt + this.#clockOffsetMs;
    for (const [session, heardAt] of sessions) this.#sessions.get(session)?.heard(heardAt + this.#clockOffsetMs);
  }

  #noteTaken(item: string): void {
    this.#takenChars += item.length;
    if (this.#takenChars < tellTakenChars) return;
    this.#orders.putLater({ kind: 'taken', chars: this.#takenChars });
    this.#takenChars = 0;
  }

  #over(): void {
    this.#life = 'over';
    const sessions = [...this.#sessions.values()];
    const tasks = [...this.#tasks.values()];
    this.#sessions.clear();
    this.#tasks.clear();
    for (const { peer, cut } of tasks) cut(linkLost(peer, 'the thread that held it has ended'));
    for (const session of sessions) session.hasEnded('lost');
  }
}

function errorOf({ fault, cause }: Extract<Report, { kind: 'failed' }>): Error {
  return fault ? errorFromFault(fault, cause) : new Error(cause);
}
