/** Imports local files for an administrator: opened safely against links, devices and races (TOCTOU), then copied. */

import { constants, type FileHandle, open, readlink, rm } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { type Sentence, say } from '@zhiyun/contracts';
import { fieldError, PlatformError, systemErrorCode } from '@zhiyun/kernel';
import { copyFile } from './backend/copy-file.ts';
import type { Watch } from './check-file.ts';
import { explainFullDisk, requireSpace } from './disk-space.ts';

const notForImages = ['/proc', '/sys', '/dev'];

/** Opens a regular file at an absolute path; later changes of the path do not matter. Throws `invalid-request`. */
export async function openSource(path: string, home: string): Promise<FileHandle> {
  const wrong = (reason: Sentence, cause?: unknown) =>
    new PlatformError('invalid-request', say('image.import-wrong', { path, reason }), {
      cause,
      errors: [fieldError('path', reason)],
    });
  if (!isAbsolute(path) || path.includes('\0')) throw wrong(say('image.import-relative'));
  // Not blocking: a pipe without a writer would hold us up for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    const whys: Record<string, Sentence> = {
      ENOENT: say('image.import-missing'),
      ELOOP: say('image.import-link'),
      EACCES: say('image.import-denied'),
      ENXIO: say('image.import-irregular'),
    };
    throw wrong(whys[systemErrorCode(error) ?? ''] ?? say('image.import-unopened'), error);
  });
  try {
    if (!(await file.stat()).isFile()) throw wrong(say('image.import-irregular'));
    const real = await readlink(descriptorPath(file));
    if (notForImages.some((directory) => isInside(real, directory))) throw wrong(say('image.import-nowhere'));
    if (isInside(real, home)) throw wrong(say('image.import-own'));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Sparse copy to `target`. Leaves nothing on failure. */
export async function copySource(source: FileHandle, target: string, directory: string, watch: Watch): Promise<void> {
  await rm(target, { force: true });
  const { size, blocks } = await source.stat();
  await requireSpace(directory, Math.min(size, blocks * 512));
  try {
    await copyFile(source, size, target, watch);
  } catch (error) {
    await rm(target, { force: true });
    throw await explainFullDisk(error, directory, size);
  }
  watch.progress(1);
}

function descriptorPath(file: FileHandle): string {
  return `/proc/self/fd/${file.fd}`;
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
