/** Bounds log files that other programs append to. */
import { copyFile, stat, truncate } from 'node:fs/promises';
import { systemErrorCode } from './errors.ts';

/**
 * Rotates a file to `<path>.1` when it is larger than this, by copy and truncate: writers with an open descriptor
 * continue at its start. Lines of that moment may be lost. A missing file is fine.
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
