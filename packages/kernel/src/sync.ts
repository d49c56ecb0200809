/** fsync, so that file operations survive a power cut. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await directory.sync();
}

/** Makes the content of a file durable. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, constants.O_RDONLY);
  await file.sync();
}
