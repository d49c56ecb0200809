/** Directory of the server's socket: inside its own when the path is short enough, else a short one. */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { longestSocketPath, PlatformError } from '@zhiyun/kernel';
import { type Account, makePrivateDirectory } from './account.ts';

const socketName = '.s.PGSQL.5432';

export async function makeSocketDirectory(directory: string, account: Account | undefined): Promise<string> {
  const own = join(directory, 'run');
  const path = Buffer.byteLength(join(own, socketName)) <= longestSocketPath ? own : shortPath(directory);
  await makePrivateDirectory(path, account);
  // A short path lies in a public directory, where somebody else may have been first.
  const found = await lstat(path);
  const uid = account?.uid ?? process.getuid?.();
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new PlatformError(
      'database-unavailable',
      `${path}, meant for the database's socket, is not a private directory of its account. Remove it and start again.`,
    );
  return path;
}

function shortPath(directory: string): string {
  const key = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return join(process.getuid?.() === 0 ? '/run' : '/tmp', `zhiyun-postgres-${key}`);
}
