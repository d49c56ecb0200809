/** A process named so that a later one with the same pid is not taken for it: pid, start time and boot (Linux). */
import { readFile } from 'node:fs/promises';
import { say } from '@zhiyun/contracts';
import { versioned } from '@zhiyun/kernel';
import { z } from 'zod';

const processIdentitySchema = z.object({ pid: z.int(), startTicks: z.string(), bootId: z.string() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;
export const processIdentityShape = versioned({ what: say('version.lock'), schema: processIdentitySchema });

/** Undefined: there is no such process (or it is a zombie). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses and may hold anything; state and start time are fields 3 and 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[19];
  if (fields[0] === 'Z' || startTicks === undefined) return undefined;
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return { pid, startTicks, bootId };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const present = await identifyProcess(identity.pid);
  return present?.startTicks === identity.startTicks && present.bootId === identity.bootId;
}
