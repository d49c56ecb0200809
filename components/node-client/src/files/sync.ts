import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** fsync of a directory: creations, renames and removals in it survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await directory.sync();
}

/** fsync of a file: its content survives a power cut. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, constants.O_RDONLY);
  await file.sync();
}
