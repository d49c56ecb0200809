/**
 * Watchdog for a machine that may hang or be paused silently: polls its state, one query at a time; a missing answer is
 * a finding too. A hang is detected within `periodMs + silentMs`.
 */
import { type Clock, systemClock } from '@zhiyun/kernel';
import type { MachineCondition } from '../hypervisor.ts';

const periodMs = 4_000;
/** Timeout of a query. A loaded machine answers within a second or two. */
const silentMs = 8_000;

export interface WatchdogOptions {
  /** Waits for the answer for as long as there is a connection. Rejects when there is none. */
  ask(): Promise<MachineCondition | null>;
  /** Called at every check, changed or not. */
  tell(condition: MachineCondition | null): void;
  clock?: Clock;
}

/** Ends when `signal` is aborted. */
export async function watch({ ask, tell, clock = systemClock }: WatchdogOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const answered = new AbortController();
    const silence = clock
      .sleep(silentMs, AbortSignal.any([signal, answered.signal]))
      .then(() => tell('not-responding'))
      .catch(() => {});
    try {
      const condition = await ask();
      if (!signal.aborted) tell(condition);
    } catch {
      // No connection: the silence is told when it lasts, and is over with the next answer.
      await silence;
    } finally {
      answered.abort();
    }
    await clock.sleep(periodMs, signal).catch(() => {});
  }
}

/** QEMU run states that a guest does not leave by itself. Transitional states are no condition. */
const stoppedStates: Partial<Record<string, MachineCondition>> = {
  paused: 'paused',
  debug: 'paused',
  suspended: 'paused',
  watchdog: 'paused',
  postmigrate: 'paused',
  // By QEMU's defaults only a write without room stops the guest; other errors are the guest's to deal with.
  'io-error': 'disk-full',
};

export function conditionOf(runState: string): MachineCondition | null {
  return stoppedStates[runState] ?? null;
}
