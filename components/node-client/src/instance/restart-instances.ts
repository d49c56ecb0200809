/**
 * Restarts instances after a reboot of the node, a few at a time (bounded concurrency). An order takes its instance
 * out; failures are reported and retried with back-off.
 */
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { InstanceRunner } from './instance-runner.ts';

const atOnce = 4;

export async function restartInstances(
  runners: readonly InstanceRunner[],
  { clock, log, signal }: { clock: Clock; log: Logger; signal: AbortSignal },
): Promise<void> {
  const due = runners.filter(({ entry }) => entry?.restart).map((runner) => ({ runner, atMs: clock.monotonicMs() }));
  if (due.length === 0) return;
  log.info({ instances: due.length }, 'The node was restarted: starting the instances that ran before');
  const worker = async () => {
    for (let next = due.shift(); next && !signal.aborted; next = earliest(due)) {
      const { runner, atMs } = next;
      await clock.sleep(Math.max(0, atMs - clock.monotonicMs()), signal).catch(() => {});
      if (signal.aborted) return;
      const waitMs = await runner.restart().catch((error: unknown) => {
        if (!(error instanceof PlatformError)) log.error({ error }, 'An instance could not be started again');
        return undefined;
      });
      if (waitMs !== undefined) due.push({ runner, atMs: clock.monotonicMs() + waitMs });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, due.length) }, worker));
}

function earliest<T extends { atMs: number }>(due: T[]): T | undefined {
  due.sort((one, other) => one.atMs - other.atMs);
  return due.shift();
}
