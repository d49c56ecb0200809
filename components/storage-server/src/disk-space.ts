/** Errors of a full disk: what is short, and by how much. */
import { diskRoom, explainFull, requireRoom } from '@zhiyun/service';

export async function freeBytes(directory: string): Promise<number> {
  return (await diskRoom(directory)).freeBytes;
}

/** Throws `disk-full` when `neededBytes` more certainly do not fit. */
export function requireSpace(directory: string, neededBytes: number): Promise<void> {
  return requireRoom('storage-server', directory, neededBytes);
}

/** Turns the system's "no space left" into `disk-full`, and leaves every other error as it is. */
export function explainFullDisk(error: unknown, directory: string, neededBytes: number): Promise<unknown> {
  return explainFull(error, 'storage-server', directory, neededBytes);
}
