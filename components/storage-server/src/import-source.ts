/** Files of this machine that an administrator brings in: opened so that no link, device or trick of timing leads elsewhere, then copied. */
import { constants, type FileHandle, open, readlink, rm } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';
import { copyFile } from './backend/copy-file.ts';
import type { Watch } from './check-file.ts';
import { explainFullDisk, requireSpace } from './disk-space.ts';

const notForImages = ['/proc', '/sys', '/dev'];

/** Opens a regular file at an absolute path, no matter what lies there a moment later. Throws `invalid-request`. */
export async function openSource(path: string, home: string): Promise<FileHandle> {
  const wrong = (why: string, cause?: unknown) =>
    new PlatformError('invalid-request', `${path} cannot be imported: ${why}.`, {
      cause,
      errors: [{ path: 'path', message: why }],
    });
  if (!isAbsolute(path) || path.includes('\0')) throw wrong('it is not an absolute path');
  // Not blocking: a pipe without a writer would hold us up for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    const whys: Record<string, string> = {
      ENOENT: 'there is no such file on the Storage Server',
      ELOOP: 'it is a symbolic link; name the file itself',
      EACCES: 'the Storage Server may not read it',
      ENXIO: 'it is not a regular file',
    };
    throw wrong(whys[systemErrorCode(error) ?? ''] ?? 'it cannot be opened', error);
  });
  try {
    if (!(await file.stat()).isFile()) throw wrong('it is not a regular file');
    const real = await readlink(descriptorPath(file));
    if (notForImages.some((directory) => isInside(real, directory))) throw wrong('no image can be there');
    if (isInside(real, home)) throw wrong('it belongs to the platform itself');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Copies the file to `target`, without its holes. Leaves nothing when it fails. */
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
