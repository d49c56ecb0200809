/** Files that other programs append to without looking at their size. */
import { copyFile, stat, truncate } from 'node:fs/promises';
import { systemErrorCode } from './errors.ts';

/**
 * Moves what is in a file to `<path>.1` when it is larger than this, by copying and truncating: whoever has it open for appending
 * writes on at its beginning. Lines of that very moment may be lost. No file: nothing to do.
 */
export async function capFile(path: string, maxBytes: number): Promise<void> {
  try {
    if ((await stat(path)).size <= maxBytes) return;
    // On a full disk the old words are given up rather than kept growing.
    await copyFile(path, `${path}.1`).catch(() => {});
    await truncate(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
