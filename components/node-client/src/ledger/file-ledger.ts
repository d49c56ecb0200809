/**
 * The ledger on disk: `<directory>/<instanceId>.json`, replaced atomically. An unreadable file is set aside as
 * `<instanceId>.json.damaged` and stays there until the instance is removed.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type InstanceId, isUuid } from '@zhiyun/contracts';
import { KeyedLock, writeDurable } from '@zhiyun/kernel';
import { fileFault } from '../files/file-errors.ts';
import { syncDirectory } from '../files/sync.ts';
import { type DamagedEntry, type Ledger, type LedgerEntry, ledgerEntrySchema } from './ledger.ts';

const suffix = '.json';
const damagedSuffix = '.json.damaged';

export function createFileLedger(directory: string): Ledger {
  const lock = new KeyedLock<InstanceId>();
  const fileOf = (id: InstanceId) => join(directory, `${id}${suffix}`);

  async function readEntry(id: InstanceId): Promise<LedgerEntry | DamagedEntry> {
    const path = fileOf(id);
    try {
      const entry = ledgerEntrySchema.parse(JSON.parse(await readFile(path, 'utf8')));
      if (entry.instanceId !== id) throw new Error(`it is about instance ${entry.instanceId}`);
      return entry;
    } catch (error) {
      const aside = join(directory, `${id}${damagedSuffix}`);
      await rename(path, aside);
      return { instanceId: id, path: aside, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    async load() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const entries: LedgerEntry[] = [];
      const damaged = new Map<InstanceId, DamagedEntry>();
      for (const name of (await readdir(directory)).sort()) {
        const id = name.slice(0, name.indexOf('.')) as InstanceId;
        if (!isUuid(id)) continue;
        if (name.endsWith('.tmp')) {
          await rm(join(directory, name), { force: true });
        } else if (name === `${id}${damagedSuffix}`) {
          damaged.set(id, {
            instanceId: id,
            path: join(directory, name),
            reason: 'it was set aside at an earlier start',
          });
        } else if (name === `${id}${suffix}`) {
          const read = await readEntry(id);
          if ('reason' in read) damaged.set(id, read);
          else entries.push(read);
        }
      }
      for (const { instanceId } of entries) damaged.delete(instanceId);
      return { entries, damaged: [...damaged.values()] };
    },

    write(entry) {
      const text = `${JSON.stringify(entry, null, 2)}\n`;
      const path = fileOf(entry.instanceId);
      return lock.run(entry.instanceId, async () => {
        try {
          await writeDurable(path, text);
        } catch (error) {
          throw await fileFault(error, path, Buffer.byteLength(text));
        }
      });
    },

    remove(instanceId) {
      return lock.run(instanceId, async () => {
        await rm(fileOf(instanceId), { force: true });
        await rm(join(directory, `${instanceId}${damagedSuffix}`), { force: true });
        await syncDirectory(directory);
      });
    },
  };
}
