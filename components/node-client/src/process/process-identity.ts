/**
 * A pid alone names nobody: numbers are reused. Pid, start time and boot together name one process for good.
 */
import { readFileSync } from 'node:fs';
import type { MachineHandle } from '../hypervisor/hypervisor.ts';

/** Same three facts as a machine's handle: any long-lived child is found again by them. */
export type ProcessIdentity = MachineHandle;

let bootId: string | undefined;
export function currentBootId(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot; undefined when there is no such process, or only its zombie. */
export function startTimeTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name (field 2) may hold spaces and brackets: count from behind its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessIdentity | undefined {
  const ticks = startTimeTicks(pid);
  return ticks === undefined ? undefined : { pid, startTimeTicks: ticks, bootId: currentBootId() };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === currentBootId() && startTimeTicks(identity.pid) === identity.startTimeTicks;
}
