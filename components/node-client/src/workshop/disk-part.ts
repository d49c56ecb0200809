/**
 * Directory and disks of an instance, made as unfinished; `finish` commits them once the ledger has the instance, and
 * `beginRemoval` marks them before the entry goes. Without the mark they would look like disks whose entry was lost.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { Logger } from '@zhiyun/kernel';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { FileOwner, InstanceDisks } from '../volume/instance-disks.ts';
import type { Part } from './part.ts';

export function ownerOf({ uid }: LedgerEntry, user: FileOwner): FileOwner {
  return uid === undefined ? user : { uid, gid: uid };
}

export function diskPart({ disks, user, log }: { disks: InstanceDisks; user: FileOwner; log: Logger }): Part {
  return {
    name: 'disks',
    async ensure(entry, { promised }) {
      const owner = ownerOf(entry, user);
      if (promised) {
        await disks.finish(entry.instanceId);
        await disks.own(entry.config, owner);
      } else {
        await disks.create(entry.config, owner);
      }
      return {};
    },
    /** Never removes complete disks: a removal must have been marked first. */
    remove: ({ config }) => disks.remove(config),

    /** See ledger.ts for what each directory means. */
    async adopt(entries, isStray) {
      const promised = new Set(entries.map(({ instanceId }) => instanceId));
      const strays = new Map<InstanceId, string>();
      for (const [instanceId, state] of await disks.list()) {
        if (isStray(instanceId)) continue;
        if (promised.has(instanceId)) {
          await disks.finish(instanceId);
        } else if (state === 'whole') {
          strays.set(instanceId, 'this node has no record of it');
        } else {
          log.warn({ instanceId }, 'Cleared away what was left of an instance half made or half removed');
          await disks.removeDirectory(instanceId);
        }
      }
      return { strays };
    },
  };
}
