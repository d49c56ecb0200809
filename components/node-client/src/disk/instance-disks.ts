/**
 * The directory and disks of an instance. While they are being made or removed the directory is called
 * `<instanceId>.unfinished`; under its own name it is whole, and nothing but an order to remove the instance deletes it,
 * whatever the ledger says. Renaming is the mark because it is atomic and needs no room on a full disk.
 *
 * Disks are thin: an overlay over a cached image, or an empty qcow2. They belong to
 * the unprivileged user that the instance runs as, who may pass through the directory but not change it; images below are the agent's and
 * read-only.
 */
import { constants, existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type InstanceId, isUuid, say } from '@zhiyun/contracts';
import type { InstanceConfig, NodeImage } from '@zhiyun/contracts/links';
import { PlatformError, Revert, systemErrorCode } from '@zhiyun/kernel';
import { fileFault, requireFreeBytes } from '../files/file-errors.ts';
import { syncDirectory, syncFile } from '../files/sync.ts';
import type { MachineSpec } from '../hypervisor/hypervisor.ts';
import { diskFileName, type NodePaths, unfinishedSuffix } from '../paths.ts';
import { type Backing, renderQcow2 } from './qcow2.ts';

export interface FileOwner {
  uid: number;
  gid: number;
}

export interface InstanceDisks {
  /**
   * Makes the directory and every disk, durably, and leaves them unfinished; nothing is left when it fails. The images must
   * lie in the cache. `disk-full`; `node-fault` when a whole directory of this instance lies here.
   */
  create(config: InstanceConfig, owner: FileOwner): Promise<void>;
  /** Gives the disks to another; his already: done. */
  own(config: InstanceConfig, owner: FileOwner): Promise<void>;
  /** Once the ledger promises it: the last act of making. Also takes back a removal. Whole, or nothing there: done already. */
  finish(instanceId: InstanceId): Promise<void>;
  /** The first act of a removal, durable. Unfinished, or nothing there: done already. */
  beginRemoval(instanceId: InstanceId): Promise<void>;
  /** Removes what is unfinished, never what is whole. Nothing there: done already. */
  remove(instanceId: InstanceId): Promise<void>;
  layers(config: InstanceConfig): MachineSpec['disks'];
  /** Whatever has a directory. */
  list(): Promise<Map<InstanceId, DirectoryState>>;
}

export type DirectoryState = 'whole' | 'unfinished';

type DiskConfig = InstanceConfig['disks'][number];

export function createInstanceDisks(paths: NodePaths): InstanceDisks {
  async function createDisk(path: string, disk: DiskConfig, owner: FileOwner): Promise<void> {
    const { fileBytes, parts } = renderQcow2(disk.sizeBytes, disk.image && backingOf(path, disk, disk.image));
    try {
      await requireFreeBytes(path, fileBytes);
      await using file = await open(path, 'w', 0o600);
      await file.truncate(fileBytes);
      for (const { at, bytes } of parts) await file.write(bytes, 0, bytes.length, at);
      await file.chown(owner.uid, owner.gid);
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

  function refuseWhole(instanceId: InstanceId): void {
    const directory = paths.instance(instanceId);
    if (!existsSync(directory)) return;
    throw new PlatformError(
      'node-fault',
      `${directory} holds disks of instance ${instanceId} that this node has no record of; they are not overwritten. Restart the Node Client to have them set aside, or delete the instance.`,
    );
  }

  return {
    async create(config, owner) {
      refuseWhole(config.id);
      const directory = paths.unfinishedInstance(config.id);
      const revert = new Revert();
      try {
        revert.push(() => rm(directory, { recursive: true, force: true }));
        await mkdir(directory, { recursive: true });
        await chown(directory, process.getuid?.() ?? 0, owner.gid);
        await chmod(directory, 0o710);
        const files = config.disks.map((disk) => ({ disk, path: join(directory, diskFileName(disk.id)) }));
        for (const { disk, path } of files) await createDisk(path, disk, owner);
        // Side by side they share one commit of the file system's journal.
        await Promise.all([
          ...files.map(({ path }) => syncFile(path)),
          syncDirectory(directory),
          syncDirectory(paths.instances),
        ]);
      } catch (error) {
        await revert.fail();
        throw await fileFault(error, directory, 0);
      }
    },

    async own(config, { uid, gid }) {
      for (const { id } of config.disks) {
        const path = paths.disk(config.id, id);
        try {
          await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
          if ((await file.stat()).uid !== uid) await file.chown(uid, gid);
        } catch (error) {
          throw await fileFault(error, path, 0);
        }
      }
    },

    // Need not be durable: unfinished and promised, it is finished at the next start.
    async finish(instanceId) {
      const whole = paths.instance(instanceId);
      try {
        await rename(paths.unfinishedInstance(instanceId), whole);
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) {
          throw await fileFault(error, whole, 0);
        }
      }
    },

    async beginRemoval(instanceId) {
      const unfinished = paths.unfinishedInstance(instanceId);
      try {
        if (existsSync(paths.instance(instanceId))) {
          await rm(unfinished, { recursive: true, force: true });
          await rename(paths.instance(instanceId), unfinished);
        }
        await syncDirectory(paths.instances);
      } catch (error) {
        throw await fileFault(error, unfinished, 0);
      }
    },

    // Need not be durable: what comes back after a power cut is unfinished and goes at the next start.
    remove: (instanceId) => rm(paths.unfinishedInstance(instanceId), { recursive: true, force: true }),

    async list() {
      const found = new Map<InstanceId, DirectoryState>();
      for (const name of await readdir(paths.instances)) {
        const id = basename(name, unfinishedSuffix) as InstanceId;
        if (!isUuid(id)) continue;
        if (id === name) found.set(id, 'whole');
        else if (!found.has(id)) found.set(id, 'unfinished');
      }
      return found;
    },

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
    throw new PlatformError('image-wrong-kind', say('node.image-is-iso', { image: image.id }));
  }
  return image.format;
}
