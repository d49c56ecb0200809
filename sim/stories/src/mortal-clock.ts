/** The clock of one process: when the process is killed nothing of it wakes up any more, whatever it was waiting for. */
import type { Clock } from '@zhiyun/kernel';

export interface MortalClock extends Clock {
  kill(): void;
}

export function mortalClock(clock: Clock): MortalClock {
  let isDead = false;
  const never = new Promise<never>(() => {});
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (isDead) await never;
    },
    every: (ms, task) => clock.every(ms, () => isDead || task()),
    kill() {
      isDead = true;
    },
  };
}
