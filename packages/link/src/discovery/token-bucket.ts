/** Rate limit (token bucket) of answers on one interface: small queries must not be amplified into a flood. */
import type { Clock } from '@zhiyun/kernel';

export class TokenBucket {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor(clock: Clock, perSecond = 5, burst = 10) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#at = clock.monotonicMs();
  }

  /** Takes a token; false when the bucket is empty. */
  take(): boolean {
    const now = this.#clock.monotonicMs();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
