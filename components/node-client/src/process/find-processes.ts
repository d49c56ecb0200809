/** Finds processes by command line: for adopting what a killed agent started but did not record. */

import { readdirSync, readFileSync } from 'node:fs';
import { readBootId } from '@zhiyun/kernel';
import type { MachineHandle } from '../hypervisor/hypervisor.ts';
import { readStartTime } from './process-identity.ts';

export interface FoundProcess {
  pid: number;
  argv: string[];
}

export function findProcesses(matches: (argv: readonly string[]) => boolean): FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const argv = argvOf(pid);
    if (argv.length > 0 && matches(argv)) found.push({ pid, argv });
  }
  return found;
}

function argvOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return []; // It has ended meanwhile.
  }
}

/** What names the process for good; undefined when there is none any more. */
export async function identify(pid: number): Promise<MachineHandle | undefined> {
  const startTimeTicks = await readStartTime(pid);
  return startTimeTicks === undefined ? undefined : { pid, startTimeTicks, bootId: await readBootId() };
}
