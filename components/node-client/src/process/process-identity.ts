/**
 * Unique identity of a process: pids are reused, but pid and start time are unique within a boot, and the boot id tells
 * boots apart.
 */
import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '@zhiyun/kernel';
import type { MachineHandle } from '../hypervisor/hypervisor.ts';

export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** Undefined: there is no such process, or it is dead and only waits for its parent to notice. */
export async function readStartTime(pid: number): Promise<number | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ESRCH') return undefined;
    throw error;
  }
  return parseStartTime(stat);
}

export function parseStartTime(stat: string): number | undefined {
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? undefined : Number(fields[19]);
}

/** The process of `handle` still runs; false for another process that got its pid. */
export async function isAlive(handle: MachineHandle): Promise<boolean> {
  return (await readStartTime(handle.pid)) === handle.startTimeTicks;
}

/** SIGKILL, only if it still is that very process. */
export async function killProcess(handle: MachineHandle): Promise<void> {
  if (!(await isAlive(handle))) return;
  try {
    process.kill(handle.pid, 'SIGKILL');
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
