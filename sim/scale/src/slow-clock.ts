/**
 * A world that runs slower than ours, so that two cores do for it what many more would do in time: with `slower` 4, one of its
 * seconds lasts four of ours. All who live in it must share `slower` and `originMs`, and measure by it.
 */
import { type Clock, systemClock } from '@zhiyun/kernel';

export interface Pace {
  slower: number;
  /** Epoch ms at which both worlds show the same time. */
  originMs: number;
}

/** More than this no timer of Node.js can wait (25 days): renewals of certificates would come at once instead. */
const longestTimerMs = 2 ** 31 - 1;

/** As everywhere else. */
export const realTime: Pace = { slower: 1, originMs: 0 };

export function slowClock({ slower, originMs }: Pace): Clock {
  return {
    now: () => Math.floor(originMs + (systemClock.now() - originMs) / slower),
    monotonicMs: () => systemClock.monotonicMs() / slower,
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms * slower, longestTimerMs), signal),
    every: (ms, task) => systemClock.every(Math.min(ms * slower, longestTimerMs), task),
  };
}
