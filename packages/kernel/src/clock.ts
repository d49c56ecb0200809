/** Time comes in as an object, so that tests and simulators can own it. Wall time in epoch ms; intervals by the monotonic clock. */
export interface Clock {
  /** Wall clock, epoch milliseconds. For showing; never for measuring. */
  now(): number;
  /** Milliseconds that only grow. For deadlines and rates. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` every `ms` until disposed. */
  every(ms: number, task: () => void): Disposable;
}

/**
 * Timers that are due come before what has arrived meanwhile. When this process was busy for long, an answer that is there already
 * would be found missing; so whoever waits for a time goes on only when that was heard.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep(ms, signal) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) return Promise.reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const over = () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    const timer = setTimeout(() => setImmediate(over), ms);
    signal?.addEventListener('abort', onAbort, { once: true });
    return promise;
  },
  every(ms, task) {
    let isOver = false;
    const timer = setInterval(() => setImmediate(() => isOver || task()), ms);
    return {
      [Symbol.dispose]() {
        isOver = true;
        clearInterval(timer);
      },
    };
  },
};

export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
