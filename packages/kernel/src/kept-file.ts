/** Small persistent files. */
import { existsSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlatformError, systemErrorCode } from './errors.ts';
import { syncDirectory } from './sync.ts';
import { NewerVersion, type Versioned } from './versioned.ts';

/** Atomic, durable write: after a power cut the file holds either the old text, if any, or the new one. */
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
  await syncDirectory(dirname(path));
}

/**
 * Reads it as JSON; undefined when missing. Throws `internal` with `cure` when damaged, `newer-version` when only a
 * newer release can read it.
 */
export async function readKept<T>(path: string, shape: Versioned<T>, cure: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof NewerVersion) throw cause.in(path);
    throw new PlatformError('internal', `${path} is damaged; ${cure}.`, { cause });
  }
}

/** To be read by `readKept`, of this release or a later one. */
export async function writeKept<T>(path: string, shape: Versioned<T>, value: T, mode?: number): Promise<void> {
  await writeDurable(path, `${JSON.stringify(shape.stamp(value), null, 2)}\n`, mode);
}
