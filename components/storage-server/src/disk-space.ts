/** What a full disk is to a user: how much is free, how much is needed. */
import { statfs } from 'node:fs/promises';
import { formatBytes } from '@zhiyun/contracts';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Throws `disk-full` when `neededBytes` more surely do not fit. */
export async function requireSpace(directory: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(directory);
  if (free < neededBytes) throw diskFull(free, neededBytes);
}

/** Turns the system's "no space left" into `disk-full`, and leaves every other error as it is. */
export async function explainFullDisk(error: unknown, directory: string, neededBytes: number): Promise<unknown> {
  const code = systemErrorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(await freeBytes(directory), neededBytes, error) : error;
}

function diskFull(free: number, needed: number, cause?: unknown): PlatformError {
  return new PlatformError(
    'disk-full',
    `The disk of the Storage Server is full: ${formatBytes(needed)} are needed, ${formatBytes(free)} are free. Delete images that are not used any more, or give it a larger disk.`,
    { cause },
  );
}
