/** The nodes' clock: what waits for long (a guest that does not shut down: 90 s) waits a fraction. What is measured again and again is not. */
import { type Clock, systemClock } from '@zhiyun/kernel';

export function hurriedClock(times: number): Clock {
  return {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}
