/**
 * Uploads that were begun from here, so that the same command goes on where the last one was cut: which file, as it was then. A
 * file that has changed since is another one, whose end would not fit the beginning.
 */
import { mkdirSync, readFileSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ImageId } from '@zhiyun/contracts';
import { z } from 'zod';
import { cacheDirectory } from './config.ts';

const directory = join(cacheDirectory, 'uploads');
const begunSchema = z.object({ version: z.literal(1), path: z.string(), sizeBytes: z.int(), modifiedMs: z.number() });
type Begun = z.infer<typeof begunSchema>;

const pathOf = (id: ImageId) => join(directory, `${id}.json`);
const begunOf = (file: string, { size, mtimeMs }: Stats): Begun => ({
  version: 1,
  path: resolve(file),
  sizeBytes: size,
  modifiedMs: mtimeMs,
});

/** Without the note, the upload can only not be continued. */
export function noteBegun(id: ImageId, file: string, facts: Stats): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(pathOf(id), JSON.stringify(begunOf(file, facts)), { mode: 0o600 });
  } catch {
    // The upload itself is what counts.
  }
}

export function wasBegunWith(id: ImageId, file: string, facts: Stats): boolean {
  try {
    const begun = begunSchema.parse(JSON.parse(readFileSync(pathOf(id), 'utf8')));
    const now = begunOf(file, facts);
    return begun.path === now.path && begun.sizeBytes === now.sizeBytes && begun.modifiedMs === now.modifiedMs;
  } catch {
    return false;
  }
}

export function forgetBegun(id: ImageId): void {
  rmSync(pathOf(id), { force: true });
}
