/**
 * Unique identity of a process: pids are reused, but pid and start time are unique within a boot, and the boot id tells
 * boots apart.
 */
import { readProcessStat, systemErrorCode } from '@zhiyun/kernel';
import type { MachineHandle } from '../hypervisor/hypervisor.ts';

/** `undefined`: no such process, or a zombie. */
export async function readStartTime(pid: number): Promise<number | undefined> {
  const stat = await readProcessStat(pid);
  return stat && stat.state !== 'Z' && stat.state !== 'X' ? Number(stat.startTicks) : undefined;
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
