/**
 * The account PostgreSQL runs as. It refuses root, so as root we use `postgres`, which its package creates; otherwise
 * our own.
 */
import { chown, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';

export interface Account {
  name: string;
  uid: number;
  gid: number;
}

const accountName = 'postgres';

/** `undefined`: run as ourselves. Throws `database-unavailable` when we are root and the account is missing. */
export async function databaseAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const [name, , uid, gid] = lines.find(([entry]) => entry === accountName) ?? [];
  if (name === undefined)
    throw new PlatformError(
      'database-unavailable',
      `There is no account "${accountName}" to run PostgreSQL as (it refuses to be root). On Debian: apt-get install postgresql.`,
    );
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Makes a directory that only the database's account may enter. */
export async function makePrivateDirectory(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (account) await chown(path, account.uid, account.gid);
}

/**
 * Checks that the account can traverse every parent directory. Throws `database-unavailable` naming the one that blocks
 * it.
 */
export async function requireReachable(path: string, account: Account | undefined): Promise<void> {
  if (!account) return;
  for (let directory = dirname(resolve(path)); ; directory = dirname(directory)) {
    const { mode, uid, gid } = await stat(directory);
    const executable = uid === account.uid ? mode & 0o100 : gid === account.gid ? mode & 0o010 : mode & 0o001;
    if (!executable)
      throw new PlatformError(
        'database-unavailable',
        `PostgreSQL runs as "${account.name}", which may not enter ${directory}. Allow it with: chmod o+x ${directory}`,
      );
    if (directory === dirname(directory)) return;
  }
}
