/**
 * Volumes as qcow2 files in the directory of their instance, `<locator>.qcow2`: an overlay over a cached image, or empty. They belong to the
 * unprivileged user that the instance runs as; images below are the agent's and read-only.
 */
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isUuid, say } from '@zhiyun/contracts';
import { type DiskConfig, localDriver, type NodeImage } from '@zhiyun/contracts/links';
import { PlatformError, Revert, syncFile } from '@zhiyun/kernel';
import { fileFault, requireFreeBytes } from '../../files/file-errors.ts';
import type { NodePaths } from '../../paths.ts';
import type { VolumeDriver } from '../volume-driver.ts';
import { type Backing, renderQcow2 } from './qcow2.ts';

export function createLocalDriver(paths: NodePaths): VolumeDriver {
  return {
    name: localDriver,

    async create(disk, home, owner) {
      const path = pathOf(disk, home);
      const { fileBytes, parts } = renderQcow2(disk.sizeBytes, disk.image && backingOf(path, disk, disk.image));
      const revert = new Revert();
      try {
        await requireFreeBytes(path, fileBytes);
        revert.push(() => rm(path, { force: true }));
        await using file = await open(path, 'w', 0o600);
        await file.truncate(fileBytes);
        for (const { at, bytes } of parts) await file.write(bytes, 0, bytes.length, at);
        await file.chown(owner.uid, owner.gid);
        await syncFile(path);
      } catch (error) {
        await revert.fail();
        throw await fileFault(error, path, fileBytes);
      }
    },

    async own(disk, home, { uid, gid }) {
      const path = pathOf(disk, home);
      try {
        await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
        if ((await file.stat()).uid !== uid) await file.chown(uid, gid);
      } catch (error) {
        throw await fileFault(error, path, 0);
      }
    },

    async remove(disk, home) {
      await rm(pathOf(disk, home), { force: true });
    },

    attach: (disk, home) => [
      { path: pathOf(disk, home), format: 'qcow2' },
      ...(disk.image ? [{ path: paths.image(disk.image.id), format: diskFormat(disk.image) }] : []),
    ],
  };

  function backingOf(path: string, disk: DiskConfig, image: NodeImage): Backing {
    if (image.virtualSizeBytes > disk.sizeBytes) {
      throw new PlatformError(
        'invalid-request',
        `Disk ${disk.id} has ${disk.sizeBytes} bytes but its image ${image.id} needs ${image.virtualSizeBytes}. Make the disk larger.`,
      );
    }
    return { name: relative(dirname(path), paths.image(image.id)), format: diskFormat(image) };
  }
}

/** The locator becomes a file's name: nothing but an id may lead there. */
function pathOf({ volume: { locator } }: DiskConfig, home: string): string {
  if (!isUuid(locator)) throw new PlatformError('invalid-request', say('node.bad-locator', { locator }));
  return join(home, `${locator}.qcow2`);
}

function diskFormat(image: NodeImage): 'qcow2' | 'raw' {
  if (image.format === 'iso9660') {
    throw new PlatformError('image-wrong-kind', say('node.image-is-iso', { image: image.id }));
  }
  return image.format;
}
