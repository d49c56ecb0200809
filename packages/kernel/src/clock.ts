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
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
    return promise;
  },
  every(ms, task) {
    const timer = setInterval(task, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};

export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
