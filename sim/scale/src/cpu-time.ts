/** CPU time from /proc, of processes that are not ours to ask. */
import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessStat, parseProcessStat } from '@zhiyun/kernel';

const msPerTick = 10;

/** The parent of process `member` and all its living children. */
export function familyOf(member: number): number[] {
  const parent = statOf(member)?.parentPid;
  if (parent === undefined) return [];
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && statOf(pid)?.parentPid === parent);
  return [parent, ...children];
}

/** CPU time of the parent of process `member` and of all its children, living or ended, ms. */
export function familyCpuMs(member: number): number {
  const parent = statOf(member)?.parentPid;
  if (parent === undefined) return Number.NaN;
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat && pid === parent) ticks += stat.cpuTicks + stat.childCpuTicks;
    else if (stat?.parentPid === parent) ticks += stat.cpuTicks;
  }
  return ticks * msPerTick;
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}
