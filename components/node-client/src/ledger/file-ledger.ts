/**
 * The ledger on disk: `<directory>/<instanceId>.json`, replaced atomically. A damaged file is quarantined as
 * `<instanceId>.json.damaged` until its instance is removed or a later release can read it. A file of a newer release
 * keeps its name for that release.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type InstanceId, isUuid } from '@zhiyun/contracts';
import { KeyedLock, NewerVersion, syncDirectory, writeKept } from '@zhiyun/kernel';
import { fileFault } from '../files/file-errors.ts';
import { type Ledger, type LedgerEntry, ledgerEntryShape, type UnreadableEntry } from './ledger.ts';

const suffix = '.json';
const damagedSuffix = '.json.damaged';
/** Approximate size of an entry. */
const entryBytes = 4_096;

export function createFileLedger(directory: string): Ledger {
  const lock = new KeyedLock<InstanceId>();
  const fileOf = (id: InstanceId) => join(directory, `${id}${suffix}`);

  async function readEntry(id: InstanceId, path: string): Promise<LedgerEntry> {
    const entry = ledgerEntryShape.parse(JSON.parse(await readFile(path, 'utf8')));
    if (entry.instanceId !== id) throw new Error(`it is about instance ${entry.instanceId}`);
    return entry;
  }

  async function readOrSetAside(id: InstanceId): Promise<LedgerEntry | UnreadableEntry> {
    const path = fileOf(id);
    try {
      return await readEntry(id, path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof NewerVersion) return { instanceId: id, path, reason };
      const aside = join(directory, `${id}${damagedSuffix}`);
      await rename(path, aside);
      return { instanceId: id, path: aside, reason };
    }
  }

  /** An earlier release may have taken for damaged what this one understands. */
  async function readAside(id: InstanceId): Promise<LedgerEntry | UnreadableEntry> {
    const aside = join(directory, `${id}${damagedSuffix}`);
    try {
      const entry = await readEntry(id, aside);
      await rename(aside, fileOf(id));
      return entry;
    } catch {
      return { instanceId: id, path: aside, reason: 'it was set aside at an earlier start' };
    }
  }

  return {
    async load() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const names = new Set(await readdir(directory));
      const found: (LedgerEntry | UnreadableEntry)[] = [];
      for (const name of [...names].sort()) {
        const id = name.slice(0, name.indexOf('.')) as InstanceId;
        if (!isUuid(id)) continue;
        if (name.endsWith('.tmp')) await rm(join(directory, name), { force: true });
        else if (name === `${id}${suffix}`) found.push(await readOrSetAside(id));
        else if (name === `${id}${damagedSuffix}` && !names.has(`${id}${suffix}`)) found.push(await readAside(id));
      }
      return {
        entries: found.filter((read): read is LedgerEntry => !('reason' in read)),
        unreadable: found.filter((read): read is UnreadableEntry => 'reason' in read),
      };
    },

    write(entry) {
      const path = fileOf(entry.instanceId);
      return lock.run(entry.instanceId, async () => {
        try {
          await writeKept(path, ledgerEntryShape, entry);
        } catch (error) {
          throw await fileFault(error, path, entryBytes);
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
