/** The unprivileged user QEMU runs as. */
import { readFile, stat } from 'node:fs/promises';
import type { HypervisorUser } from './machine-files.ts';

/** In order of preference: our own, and the one that every system has. */
const userNames = ['zhiyun-qemu', 'nobody'];

/** Null when the agent is not root: then QEMU can only run as the agent does. */
export async function findHypervisorUser(): Promise<HypervisorUser | null> {
  if (process.getuid?.() !== 0) return null;
  const users = parseUsers(await readFile('/etc/passwd', 'utf8'));
  for (const name of userNames) {
    const user = users.get(name);
    if (user !== undefined) return user;
  }
  throw new Error(`None of the users ${userNames.join(', ')} is in /etc/passwd; QEMU is never run as root.`);
}

export function parseUsers(passwd: string): Map<string, HypervisorUser> {
  const users = new Map<string, HypervisorUser>();
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && uid !== undefined && gid !== undefined) {
      users.set(name, { uid: Number(uid), gid: Number(gid) });
    }
  }
  return users;
}

/** Hardware virtualisation is open to one group only (`kvm`), so QEMU runs with that one. */
export async function withAccessToKvm(user: HypervisorUser | null): Promise<HypervisorUser | null> {
  if (user === null) return null;
  const device = await stat('/dev/kvm').catch(() => undefined);
  const groupMayUse = device !== undefined && device.gid !== 0 && (device.mode & 0o060) === 0o060;
  return groupMayUse ? { uid: user.uid, gid: device.gid } : user;
}
