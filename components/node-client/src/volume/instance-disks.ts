/**
 * The directory and disks of an instance. While they are being made or removed the directory is called
 * `<instanceId>.unfinished`; under its own name it is whole, and nothing but an order to remove the instance deletes it,
 * whatever the ledger says. Renaming is the mark because it is atomic and needs no room on a full disk.
 *
 * The user that the instance runs as may pass through the directory but not change it. The disks in it are the business of their drivers.
 */
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { type InstanceId, isUuid } from '@zhiyun/contracts';
import type { InstanceConfig } from '@zhiyun/contracts/links';
import { PlatformError, Revert, syncDirectory, systemErrorCode } from '@zhiyun/kernel';
import { fileFault } from '../files/file-errors.ts';
import type { MachineSpec } from '../hypervisor/hypervisor.ts';
import { type NodePaths, unfinishedSuffix } from '../paths.ts';
import type { DriverOf } from './volume-drivers.ts';

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
  /** Changes the owner of the disks (idempotent). */
  own(config: InstanceConfig, owner: FileOwner): Promise<void>;
  /** Commits the disks once the ledger has the instance; also reverts a marked removal. Idempotent. */
  finish(instanceId: InstanceId): Promise<void>;
  /** Marks the removal, durably. Idempotent. */
  beginRemoval(instanceId: InstanceId): Promise<void>;
  /** Removes what is unfinished, never what is complete. Idempotent. */
  remove(config: InstanceConfig): Promise<void>;
  /** The same when its disks are unknown. */
  removeDirectory(instanceId: InstanceId): Promise<void>;
  /** What QEMU opens. */
  attach(config: InstanceConfig): MachineSpec['disks'];
  /** Whatever has a directory. */
  list(): Promise<Map<InstanceId, DirectoryState>>;
}

export type DirectoryState = 'whole' | 'unfinished';

export function createInstanceDisks(paths: NodePaths, driverOf: DriverOf): InstanceDisks {
  function refuseWhole(instanceId: InstanceId): void {
    const directory = paths.instance(instanceId);
    if (!existsSync(directory)) return;
    throw new PlatformError(
      'node-fault',
      `${directory} holds disks of instance ${instanceId} that this node has no record of; they are not overwritten. Restart the Node Client to have them set aside, or delete the instance.`,
    );
  }

  /** In reverse order; a failure of one does not keep the others. */
  async function removeVolumes(config: InstanceConfig, home: string): Promise<void> {
    const failures: unknown[] = [];
    for (const disk of config.disks.toReversed()) {
      try {
        await driverOf(disk).remove(disk, home);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  // Need not be durable: what comes back after a power cut is unfinished and goes at the next start.
  const removeDirectory = (id: InstanceId) => rm(paths.unfinishedInstance(id), { recursive: true, force: true });

  return {
    async create(config, owner) {
      refuseWhole(config.id);
      const drivers = config.disks.map((disk) => ({ disk, driver: driverOf(disk) }));
      const home = paths.unfinishedInstance(config.id);
      const revert = new Revert();
      try {
        revert.push(() => removeDirectory(config.id));
        await mkdir(home, { recursive: true });
        await chown(home, process.getuid?.() ?? 0, owner.gid);
        await chmod(home, 0o710);
        revert.push(() => removeVolumes(config, home));
        // Side by side they share one commit of the file system's journal. All are waited for, so that nothing is made after its removal.
        const made = await Promise.allSettled([
          ...drivers.map(({ disk, driver }) => driver.create(disk, home, owner)),
          syncDirectory(paths.instances),
        ]);
        for (const result of made) if (result.status === 'rejected') throw result.reason;
        await syncDirectory(home);
      } catch (error) {
        await revert.fail();
        throw await fileFault(error, home, 0);
      }
    },

    async own(config, owner) {
      for (const disk of config.disks) await driverOf(disk).own(disk, paths.instance(config.id), owner);
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

    async remove(config) {
      if (!existsSync(paths.instance(config.id))) await removeVolumes(config, paths.unfinishedInstance(config.id));
      await removeDirectory(config.id);
    },
    removeDirectory,

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

    attach: (config) =>
      config.disks.map((disk) => ({ id: disk.id, layers: driverOf(disk).attach(disk, paths.instance(config.id)) })),
  };
}
