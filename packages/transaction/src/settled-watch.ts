/** Wakes waiters of an operation, even when another runner ended it. */
import type { OperationId } from '@zhiyun/contracts';
import type { Clock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { settledChannel } from './journal.ts';

/** Polling fallback, because a notification may be lost. */
const pollMs = 500;

export class SettledWatch {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();
  #listening: AsyncDisposable | undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    this.#listening = await this.#store.listen(
      settledChannel,
      (id) => this.#wake(id),
      () => {
        for (const id of this.#waiting.keys()) this.#wake(id);
      },
    );
  }

  async stop(): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
  }

  /**
   * Polls `read` until `settled` is true, for at most `timeoutMs`; returns the last reading. Rejects with the signal's
   * reason.
   */
  async until<T>(
    id: OperationId,
    read: () => Promise<T>,
    settled: (value: T) => boolean,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<T> {
    const deadlineMs = this.#clock.monotonicMs() + timeoutMs;
    for (;;) {
      const bell = Promise.withResolvers<void>();
      const waiting = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, waiting.add(bell.resolve));
      const over = new AbortController();
      try {
        const value = await read();
        const leftMs = deadlineMs - this.#clock.monotonicMs();
        if (settled(value) || leftMs <= 0) return value;
        const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
        await Promise.race([bell.promise, this.#clock.sleep(Math.min(pollMs, leftMs), either)]);
      } finally {
        over.abort();
        waiting.delete(bell.resolve);
        if (waiting.size === 0) this.#waiting.delete(id);
      }
    }
  }

  #wake(id: string): void {
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }
}
