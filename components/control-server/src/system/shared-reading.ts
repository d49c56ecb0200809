/** What is costly to read and asked for often: everybody who asks within `freshMs` shares one reading. */
import type { Clock } from '@zhiyun/kernel';

export class SharedReading<T> {
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #readAnew: () => Promise<T>;
  #last: { atMs: number; value: Promise<T> } | undefined;

  constructor(clock: Clock, freshMs: number, readAnew: () => Promise<T>) {
    this.#clock = clock;
    this.#freshMs = freshMs;
    this.#readAnew = readAnew;
  }

  /** A failure is told to whoever waits for it, and not kept. */
  read(): Promise<T> {
    const now = this.#clock.monotonicMs();
    if (this.#last && now - this.#last.atMs <= this.#freshMs) return this.#last.value;
    const reading = { atMs: now, value: this.#readAnew() };
    this.#last = reading;
    reading.value.catch(() => {
      if (this.#last === reading) this.#last = undefined;
    });
    return reading.value;
  }
}
