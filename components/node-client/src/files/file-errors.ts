/** What a failed file operation means to a user. */

import { dirname } from 'node:path';
import { say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { diskRoom, explainFull, requireRoom } from '@zhiyun/service';

export async function freeBytes(path: string): Promise<number> {
  return (await diskRoom(path)).freeBytes;
}

/** Throws `disk-full` when the file system of `path` cannot take `neededBytes` more. */
export function requireFreeBytes(path: string, neededBytes: number): Promise<void> {
  return requireRoom('node', dirname(path), neededBytes);
}

/** ENOSPC and EDQUOT become `disk-full`, everything else `node-fault` naming the path. */
export async function fileFault(error: unknown, path: string, neededBytes: number): Promise<PlatformError> {
  if (error instanceof PlatformError) return error;
  const told = await explainFull(error, 'node', dirname(path), neededBytes).catch(() => error);
  if (told instanceof PlatformError) return told;
  const reason = error instanceof Error ? error.message : String(error);
  return new PlatformError('node-fault', say('node.write-failed', { path, reason }), { cause: error });
}
