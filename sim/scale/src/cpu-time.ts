/** CPU time from /proc, of processes that are not ours to ask. */
import { readdirSync, readFileSync } from 'node:fs';

const msPerTick = 10;

interface Stat {
  parent: number;
  /** Its own time. */
  ticks: number;
  /** Of its children that have ended. */
  childTicks: number;
}

/** The parent of process `member` and all its living children. */
export function familyOf(member: number): number[] {
  const parent = statOf(member)?.parent;
  if (parent === undefined) return [];
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && statOf(pid)?.parent === parent);
  return [parent, ...children];
}

/** CPU time of the parent of process `member` and of all its children, living or ended, ms. */
export function familyCpuMs(member: number): number {
  const parent = statOf(member)?.parent;
  if (parent === undefined) return Number.NaN;
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat && pid === parent) ticks += stat.ticks + stat.childTicks;
    else if (stat?.parent === parent) ticks += stat.ticks;
  }
  return ticks * msPerTick;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const sum = (first: number) => (fields[first] ?? 0) + (fields[first + 1] ?? 0);
    return { parent: fields[1] ?? 0, ticks: sum(11), childTicks: sum(13) };
  } catch {
    return undefined;
  }
}
