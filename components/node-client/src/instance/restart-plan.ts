/** Restart policy after a reboot of the node: when to try, when to give up. Pure. */
import type { MachineEnd } from '../hypervisor/hypervisor.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';

/** `start-what-ran` is the default; with `leave-stopped` a person decides. */
export const afterRestartPolicies = ['start-what-ran', 'leave-stopped'] as const;
export type AfterRestart = (typeof afterRestartPolicies)[number];

/** Back-off between attempts: what a node depends on may come up after it. Then it gives up. */
const waitsMs = [5_000, 15_000, 30_000, 60_000, 120_000, ...Array.from({ length: 10 }, () => 300_000)];

/** Decision for an instance whose machine was found ended. */
export function restartOf(
  entry: Pick<LedgerEntry, 'wanted'>,
  { reason }: MachineEnd,
  policy: AfterRestart,
): LedgerEntry['restart'] {
  return reason === 'node-restarted' && entry.wanted === 'running' && policy === 'start-what-ran'
    ? { failures: 0 }
    : undefined;
}

/** Undefined: attempts exhausted. */
export function waitAfter(failures: number): number | undefined {
  return failures === 0 ? 0 : waitsMs[failures - 1];
}

/** `interrupted`: the agent is stopping; this attempt does not count. */
export function afterFailedRestart(
  failures: number,
  interrupted: boolean,
): { waitMs: number | undefined; patch: Pick<LedgerEntry, 'restart' | 'wanted'> } {
  if (interrupted) return { waitMs: undefined, patch: { restart: { failures: failures - 1 }, wanted: 'running' } };
  const waitMs = waitAfter(failures);
  if (waitMs === undefined) return { waitMs, patch: { restart: undefined, wanted: 'stopped' } };
  return { waitMs, patch: { restart: { failures }, wanted: 'running' } };
}
