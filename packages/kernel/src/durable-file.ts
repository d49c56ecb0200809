import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a small file so that after a power cut it holds either the old text, if there was one, or the new one. */
export async function writeDurable(path: string, text: string, mode = 0o600): Promise<void> {
  const isNew = !existsSync(path);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // The name of an old file is safe already; which text it leads to is for the next commit of the journal.
  if (!isNew) return;
  const directory = await open(dirname(path));
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
