/** Identity of a process that survives reuse of its pid: pid, start time and boot (Linux). */
import { say } from '@zhiyun/contracts';
import { readBootId, readProcessStat, versioned } from '@zhiyun/kernel';
import { z } from 'zod';

const processIdentitySchema = z.object({ pid: z.int(), startTicks: z.string(), bootId: z.string() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;
export const processIdentityShape = versioned({ what: say('version.lock'), schema: processIdentitySchema });

/** `undefined`: no such process, or a zombie. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readProcessStat(pid);
  if (!stat || stat.state === 'Z') return undefined;
  return { pid, startTicks: stat.startTicks, bootId: await readBootId() };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const present = await identifyProcess(identity.pid);
  return present?.startTicks === identity.startTicks && present.bootId === identity.bootId;
}
