/**
 * `zhiyun down --instances`: requests shutdown of all guests in parallel under one deadline, then powers off the rest.
 * An interrupt ends the wait, and the remaining guests go on.
 */
import type { Clock } from '@zhiyun/kernel';
import type { GuestMachine } from './guest-machine.ts';
import type { InstanceRunner } from './instance-runner.ts';

export type ShutdownEnd = 'shut-down' | 'powered-off' | 'left';

export interface ShutdownOptions {
  /** For all of them together. */
  timeoutMs: number;
  /** Ends the wait: remaining guests are left running. */
  signal: AbortSignal;
  /** A line for people. */
  progress: (line: string) => void;
}

const remindMs = 10_000;
const words: Record<ShutdownEnd, string> = {
  'shut-down': 'shut down',
  'powered-off': 'did not shut down in time, powered off',
  left: 'still runs, and is left running',
};

export async function shutDownInstances(
  runners: readonly InstanceRunner[],
  { timeoutMs, signal, progress, clock }: ShutdownOptions & { clock: Clock },
): Promise<void> {
  const running = runners.filter(({ machine, entry }) => machine ?? entry?.restart);
  if (running.length === 0) return;
  const deadline = clock.monotonicMs() + timeoutMs;
  const waiting = new Set(running.map(nameOf));
  progress(`shutting down ${namesOf(waiting)}; at most ${timeoutMs / 1000} s, then powered off`);
  const remind = () => {
    const seconds = Math.max(0, Math.ceil((deadline - clock.monotonicMs()) / 1000));
    if (waiting.size > 0) progress(`waiting for ${namesOf(waiting)}, ${seconds} s left`);
  };
  using _reminding = clock.every(remindMs, remind);
  await Promise.all(
    running.map(async (runner) => {
      const told = await runner.shutDown(timeoutMs, signal).then(
        (end) => words[end],
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      waiting.delete(nameOf(runner));
      progress(`${nameOf(runner)}: ${told}`);
    }),
  );
}

/** One guest: asked, given its time, then powered off. */
export async function endGuest(
  guest: GuestMachine,
  deadline: number,
  giveUp: AbortSignal,
  clock: Clock,
): Promise<ShutdownEnd> {
  const leftMs = () => Math.max(0, deadline - clock.monotonicMs());
  // One that does not answer still may until the deadline.
  const ended = await guest
    .shutDown(leftMs(), giveUp)
    .catch(() => guest.endsWithin(leftMs(), giveUp).catch(() => false));
  if (ended) return 'shut-down';
  if (giveUp.aborted) return 'left';
  await guest.kill();
  return 'powered-off';
}

function nameOf({ instanceId, entry }: InstanceRunner): string {
  return entry?.config.name ?? instanceId;
}

const namedAtMost = 5;

function namesOf(names: ReadonlySet<string>): string {
  const told = [...names].slice(0, namedAtMost).join(', ');
  return names.size > namedAtMost ? `${told} and ${names.size - namedAtMost} more` : told;
}
