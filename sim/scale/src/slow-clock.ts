/**
 * A world that runs slower than ours, so that two cores do for it what many more would do in time: with `slower` 4, one of its
 * seconds lasts four of ours. All who live in it must share `slower` and `originMs`, and measure by it.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { type Clock, systemClock } from '@zhiyun/kernel';

export interface Pace {
  slower: number;
  /** Epoch ms at which both worlds show the same time. */
  originMs: number;
}

/** As everywhere else. */
export const realTime: Pace = { slower: 1, originMs: 0 };

const paceKey = 'zhiyun-scale-pace';

/** Of a process of the run, as its parent has told it; its other threads find it where the first one has left it. */
export function paceOfProcess(): Pace {
  const kept = getEnvironmentData(paceKey);
  const told = typeof kept === 'string' ? kept : process.argv[3];
  if (told === undefined) return realTime;
  setEnvironmentData(paceKey, told);
  return JSON.parse(told);
}

/** More than this no timer of Node.js can wait (25 days): renewals of certificates would come at once instead. */
const longestTimerMs = 2 ** 31 - 1;

export interface SlowClock extends Pick<Clock, 'now' | 'monotonicMs' | 'sleep'> {
  /** What a timer must be set to for `ms` of this world. */
  timerMs(ms: number): number;
}

export function slowClock({ slower, originMs }: Pace): SlowClock {
  const { now, monotonicMs, sleep } = realClock();
  const timerMs = (ms: number) => Math.min(ms * slower, longestTimerMs);
  return {
    now: () => Math.floor(originMs + (now() - originMs) / slower),
    monotonicMs: () => monotonicMs() / slower,
    sleep: (ms, signal) => sleep(timerMs(ms), signal),
    timerMs,
  };
}

/** As it is now, should it be slowed later. */
function realClock(): Pick<Clock, 'now' | 'monotonicMs' | 'sleep'> {
  return {
    now: Date.now.bind(Date),
    monotonicMs: performance.now.bind(performance),
    sleep: systemClock.sleep,
  };
}
