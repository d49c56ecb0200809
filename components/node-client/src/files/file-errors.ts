/** What a failed file operation means to a user. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes } from '@zhiyun/contracts';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

function diskFull(path: string, neededBytes: number, free: number, cause?: unknown): PlatformError {
  return new PlatformError(
    'disk-full',
    `No room for ${path}: ${formatBytes(neededBytes)} (${neededBytes} bytes) needed, ${formatBytes(free)} (${free} bytes) ` +
      'free. Free space on the file system, add a disk to the node, or choose another compute pool.',
    { cause },
  );
}

/** Throws `disk-full` when the file system of `path` cannot take `neededBytes` more. */
export async function requireFreeBytes(path: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(dirname(path));
  if (free < neededBytes) throw diskFull(path, neededBytes, free);
}

/** ENOSPC and EDQUOT become `disk-full`, everything else `node-fault` naming the path. */
export async function fileFault(error: unknown, path: string, neededBytes: number): Promise<PlatformError> {
  if (error instanceof PlatformError) return error;
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return diskFull(path, neededBytes, await freeBytes(dirname(path)).catch(() => 0), error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new PlatformError('node-fault', `Could not write ${path}: ${reason}.`, { cause: error });
}
