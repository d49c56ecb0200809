/** Explains ENOSPC and EDQUOT: which of space, inodes and quota is short, and by how much. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Sentence, say } from '@zhiyun/contracts';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

export type DiskOf = 'storage-server' | 'node';

export interface DiskRoom {
  freeBytes: number;
  /** Free inodes; 0 where the file system does not count them. */
  inodes: number;
  freeInodes: number;
}

export async function diskRoom(path: string): Promise<DiskRoom> {
  const { bavail, bsize, files, ffree } = await nearest(path);
  return { freeBytes: bavail * bsize, inodes: files, freeInodes: ffree };
}

/** Of a file that is still to be made: its directory. */
function nearest(path: string) {
  return statfs(path).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return statfs(dirname(path));
  });
}

/** The system refuses with `code`; `neededBytes`: 0 where nobody knows. */
export function shortage(of: DiskOf, room: DiskRoom, neededBytes: number, code: 'ENOSPC' | 'EDQUOT'): Sentence {
  const where = say(of === 'node' ? 'disk.of-node' : 'disk.of-storage-server');
  const { freeBytes, inodes, freeInodes } = room;
  if (code === 'EDQUOT') return say('disk.quota', { where, freeBytes });
  if (inodes > 0 && freeInodes < fewInodes)
    return say('disk.no-inodes', { where, total: inodes, free: freeInodes, freeBytes });
  // It may have been freed in the meantime, or been reserved for root.
  if (neededBytes > freeBytes) return say('disk.no-room-for', { where, needed: neededBytes, free: freeBytes });
  return say('disk.no-room', { where, free: freeBytes });
}

/** A file and its directory may need more than one. */
const fewInodes = 4;

/** Throws `disk-full` when the file system of `path` surely cannot take a file of `neededBytes` more. */
export async function requireRoom(of: DiskOf, path: string, neededBytes: number): Promise<void> {
  const room = await diskRoom(path);
  const full = room.freeBytes < neededBytes || (room.inodes > 0 && room.freeInodes < fewInodes);
  if (full) throw new PlatformError('disk-full', shortage(of, room, neededBytes, 'ENOSPC'));
}

/** Turns the system's "no space left" into `disk-full`, and leaves every other error as it is. */
export async function explainFull(error: unknown, of: DiskOf, path: string, neededBytes: number): Promise<unknown> {
  const code = systemErrorCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const room = await diskRoom(path);
  return new PlatformError('disk-full', shortage(of, room, neededBytes, code), { cause: error });
}
