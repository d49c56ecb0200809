/** Creates the data directory atomically, so that a partial one is never taken for complete. */
import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { PlatformError, syncDirectory } from '@zhiyun/kernel';
import type { Account } from './account.ts';

const run = promisify(execFile);
export const superuser = 'zhiyun';

/**
 * UTF-8 with locale C, so that no upgrade of a locale library corrupts an index; page checksums. `trust` is safe here:
 * the only access is a socket in a private directory.
 */
export async function initializeCluster(options: {
  initdb: string;
  dataDirectory: string;
  account: Account | undefined;
  sync: boolean;
}): Promise<void> {
  const { initdb, dataDirectory, account } = options;
  const draft = `${dataDirectory}.new`;
  await rm(draft, { recursive: true, force: true });
  const args = ['-D', draft, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--data-checksums'];
  args.push('--no-instructions', ...(options.sync ? [] : ['--no-sync']));
  try {
    await run(initdb, args, {
      cwd: dirname(dataDirectory),
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      ...(account && { uid: account.uid, gid: account.gid }),
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new PlatformError('database-unavailable', `The database could not be made in ${dataDirectory}: ${said}`, {
      cause: error,
    });
  }
  await rename(draft, dataDirectory);
  await syncDirectory(dirname(dataDirectory));
}
