/**
 * Time as a dependency, so that tests and simulators control it. Wall time in epoch ms; intervals by the monotonic
 * clock.
 */
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
 * Fires a timer only after pending I/O was handled: after a busy spell, an answer that has already arrived must not
 * count as a timeout.
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
