import type { Clock } from './clock.ts';

export interface Backoff {
  firstMs: number;
  maxMs: number;
  /** Each wait is multiplied by a random number between 1-jitter and 1+jitter. Default 0.3. */
  jitter?: number;
}

/** Wait before try number `attempt` (0 = the first retry). `random` in [0, 1). */
export function backoffMs(backoff: Backoff, attempt: number, random: () => number = Math.random): number {
  const jitter = backoff.jitter ?? 0.3;
  const base = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt, 30));
  return base * (1 - jitter + 2 * jitter * random());
}

/** Retries with back-off until success, until `again` says no, or until aborted. */
export async function retry<T>(
  task: (attempt: number) => Promise<T>,
  options: {
    clock: Clock;
    backoff: Backoff;
    again: (error: unknown, attempt: number) => boolean;
    signal?: AbortSignal;
  },
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await task(attempt);
    } catch (error) {
      if (options.signal?.aborted || !options.again(error, attempt)) throw error;
      await options.clock.sleep(backoffMs(options.backoff, attempt), options.signal);
    }
  }
}
