/** `/proc/<pid>/stat` of Linux. */
import { readFile } from 'node:fs/promises';
import { systemErrorCode } from './errors.ts';

export interface ProcessStat {
  /** `Z`: a zombie, dead and not yet reaped. */
  state: string;
  parentPid: number;
  /** CPU time of the process itself, and of its reaped children, in ticks of 10 ms. */
  cpuTicks: number;
  childCpuTicks: number;
  /** Since boot, as text: with pid and boot id it identifies the process. */
  startTicks: string;
}

export function parseProcessStat(text: string): ProcessStat {
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const sum = (first: number) => Number(fields[first] ?? 0) + Number(fields[first + 1] ?? 0);
  return {
    state: fields[0] ?? '',
    parentPid: Number(fields[1] ?? 0),
    cpuTicks: sum(11),
    childCpuTicks: sum(13),
    startTicks: fields[19] ?? '',
  };
}

/** `undefined`: no such process. A zombie still has one. */
export async function readProcessStat(pid: number): Promise<ProcessStat | undefined> {
  try {
    return parseProcessStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}

/** Whether the process runs; false for a zombie. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readProcessStat(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

/** Changes with each boot of the machine. */
export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
