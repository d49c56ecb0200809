/**
 * The directory and disks of an instance. Disks are thin: an overlay over a cached image, or an empty qcow2. They belong to
 * the hypervisor's unprivileged user, who may pass through the directory but not change it; images below are the agent's and
 * read-only.
 */
import { chmod, chown, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { type InstanceId, isUuid } from '@zhiyun/contracts';
import type { InstanceConfig, NodeImage } from '@zhiyun/contracts/links';
import { PlatformError, Revert } from '@zhiyun/kernel';
import { fileFault, requireFreeBytes } from '../files/file-errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { MachineSpec } from '../hypervisor/hypervisor.ts';
import type { NodePaths } from '../paths.ts';
import { type Backing, renderQcow2 } from './qcow2.ts';

export interface FileOwner {
  uid: number;
  gid: number;
}

export interface InstanceDisks {
  /** Makes the directory and every disk; nothing is left when it fails. The images must lie in the cache. `disk-full`. */
  create(config: InstanceConfig): Promise<void>;
  /** Removes directory and disks. Nothing there: done already. */
  remove(instanceId: InstanceId): Promise<void>;
  layers(config: InstanceConfig): MachineSpec['disks'];
  /** Whatever has a directory, half-made ones too. */
  list(): Promise<InstanceId[]>;
}

type DiskConfig = InstanceConfig['disks'][number];

export function createInstanceDisks(paths: NodePaths, owner: FileOwner): InstanceDisks {
  async function createDisk(path: string, disk: DiskConfig): Promise<void> {
    const { fileBytes, parts } = renderQcow2(disk.sizeBytes, disk.image && backingOf(path, disk, disk.image));
    try {
      await requireFreeBytes(path, fileBytes);
      await using file = await open(path, 'w', 0o600);
      await file.truncate(fileBytes);
      for (const { at, bytes } of parts) await file.write(bytes, 0, bytes.length, at);
      await file.chown(owner.uid, owner.gid);
      await file.sync();
    } catch (error) {
      throw await fileFault(error, path, fileBytes);
    }
  }

  function backingOf(path: string, disk: DiskConfig, image: NodeImage): Backing {
    if (image.virtualSizeBytes > disk.sizeBytes) {
      throw new PlatformError(
        'invalid-request',
        `Disk ${disk.id} has ${disk.sizeBytes} bytes but its image ${image.id} needs ${image.virtualSizeBytes}. Make the disk larger.`,
      );
    }
    return { name: relative(dirname(path), paths.image(image.id)), format: diskFormat(image) };
  }

  return {
    async create(config) {
      const directory = paths.instance(config.id);
      const revert = new Revert();
      try {
        revert.push(() => rm(directory, { recursive: true, force: true }));
        await mkdir(directory, { recursive: true });
        await chown(directory, process.getuid?.() ?? 0, owner.gid);
        await chmod(directory, 0o710);
        for (const disk of config.disks) await createDisk(paths.disk(config.id, disk.id), disk);
        await syncDirectory(directory);
        await syncDirectory(paths.instances);
      } catch (error) {
        await revert.fail();
        throw await fileFault(error, directory, 0);
      }
    },

    async remove(instanceId) {
      await rm(paths.instance(instanceId), { recursive: true, force: true });
      await syncDirectory(paths.instances);
    },

    list: async () => (await readdir(paths.instances)).filter(isUuid) as InstanceId[],

    layers: (config) =>
      config.disks.map(({ id, image }) => ({
        id,
        layers: [
          { path: paths.disk(config.id, id), format: 'qcow2' as const },
          ...(image ? [{ path: paths.image(image.id), format: diskFormat(image) }] : []),
        ],
      })),
  };
}

function diskFormat(image: NodeImage): 'qcow2' | 'raw' {
  if (image.format === 'iso9660') {
    throw new PlatformError(
      'image-wrong-kind',
      `Image ${image.id} is an ISO image; a disk can only start from a disk image.`,
    );
  }
  return image.format;
}
