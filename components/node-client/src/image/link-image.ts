/**
 * On the Storage Server's machine the node hard-links the image file instead of copying it: the file is read-only and
 * never written again. Its checksum is verified all the same.
 */
import { constants } from 'node:fs';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import type { NodeImage } from '@zhiyun/contracts/links';
import { systemErrorCode } from '@zhiyun/kernel';
import { hashFile } from '@zhiyun/service';
import type { LocalFile } from './image-source.ts';

export interface LinkWatch {
  signal: AbortSignal;
  /** 0 to 1. */
  onProgress: (fraction: number) => void;
}

/** True: the image is at `path`. False: it must be fetched. Throws the signal's reason. */
export async function linkImage(image: NodeImage, local: LocalFile, path: string, watch: LinkWatch): Promise<boolean> {
  const linked = `${path}.linked`;
  await rm(linked, { force: true });
  try {
    await link(local.path, linked);
  } catch (error) {
    // Another machine, another file system, or one that knows no second names.
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
  try {
    await using file = await open(linked, constants.O_RDONLY | constants.O_NOFOLLOW);
    if (!(await isThat(file, local, image)) || !(await isWhole(file, image, watch))) return false;
    await rename(linked, path);
    return true;
  } catch (error) {
    watch.signal.throwIfAborted();
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  } finally {
    await rm(linked, { force: true });
  }
}

/** The path may be another file on this machine: compares device and inode. */
async function isThat(file: FileHandle, { device, inode }: LocalFile, image: NodeImage): Promise<boolean> {
  const { dev, ino, size, mode } = await file.stat({ bigint: true });
  const isRegular = (Number(mode) & constants.S_IFMT) === constants.S_IFREG;
  const isReadOnly = (Number(mode) & 0o222) === 0;
  return isRegular && isReadOnly && `${dev}` === device && `${ino}` === inode && size === BigInt(image.sizeBytes);
}

async function isWhole(file: FileHandle, image: NodeImage, { signal, onProgress }: LinkWatch): Promise<boolean> {
  const sha256 = await hashFile(file, image.sizeBytes, {
    signal,
    onProgress: (bytes) => onProgress(bytes / image.sizeBytes),
  });
  return sha256 === image.sha256;
}
