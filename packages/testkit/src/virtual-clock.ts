/** Time that moves only when the test says so. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@zhiyun/kernel';

interface Timer {
  at: number;
  order: number;
  fire: () => void;
}

export interface VirtualClock extends Clock {
  /** Lets `ms` pass: runs every timer that falls due, in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Lets promises settle without time passing. */
  settle(): Promise<void>;
  /** Until the next timer falls due; undefined: there is none. */
  nextInMs(): number | undefined;
}

/**
 * `startMs`: the wall clock at the beginning, epoch milliseconds. `rest`: resolves when what runs has come to rest; default: after
 * some turns of the event loop, enough where nothing but promises is waited for.
 */
export function virtualClock(startMs = Date.UTC(2026, 0, 1), rest: () => Promise<void> = someTurns): VirtualClock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  let order = 0;

  function schedule(inMs: number, fire: () => void): Timer {
    const timer = { at: elapsedMs + inMs, order: order++, fire };
    timers.add(timer);
    return timer;
  }
  function nextDue(until: number): Timer | undefined {
    return [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const onAbort = () => {
        timers.delete(timer);
        reject(signal?.reason);
      };
      const timer = schedule(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      return promise;
    },
    every(ms, task) {
      let timer: Timer;
      const repeat = () => {
        timer = schedule(ms, repeat);
        task();
      };
      timer = schedule(ms, repeat);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
    async advance(ms) {
      const end = elapsedMs + ms;
      await rest();
      for (let timer = nextDue(end); timer; timer = nextDue(end)) {
        timers.delete(timer);
        elapsedMs = Math.max(elapsedMs, timer.at);
        timer.fire();
        await rest();
      }
      elapsedMs = end;
    },
    settle: rest,
    nextInMs() {
      const next = nextDue(Number.POSITIVE_INFINITY);
      return next && Math.max(0, next.at - elapsedMs);
    },
  };
}

/** Chains of promises may be long, and some end in real input and output that is already there. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}
