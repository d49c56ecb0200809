/**
 * One part of what makes an instance ready to run: an image in the cache, a user, a place in the network, disks, a tap.
 * `workshop.ts` runs parts in order to set up, in reverse to tear down; after a restart of the agent each adopts what
 * exists. All three calls are idempotent. What the agent must remember of a part is in the ledger entry.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { LedgerEntry } from '../ledger/ledger.ts';

export interface PartWork {
  /** The instance is in the ledger: what holds its data may be repaired, but is never recreated. */
  promised: boolean;
  signal: AbortSignal;
  /** 0 to 1. */
  onProgress: (fraction: number) => void;
}

/** What is new in the ledger entry; the caller writes it down. */
export type EntryPatch = Partial<Pick<LedgerEntry, 'uid' | 'places'>>;

export interface Found {
  patches?: ReadonlyMap<InstanceId, EntryPatch>;
  /** Quarantined: data here without a ledger entry, with the reason; must not be touched. */
  strays?: ReadonlyMap<InstanceId, string>;
}

export interface Part {
  readonly name: string;
  /** Creates the part or what is missing of it (idempotent). A failure may leave something, for `remove`. */
  ensure(entry: LedgerEntry, work: PartWork): Promise<EntryPatch>;
  /** Removes the part (idempotent). Works on a full disk. */
  remove(entry: LedgerEntry): Promise<void>;
  /** Call first, with all ledger entries: adopts what exists and cleans up what belongs to no entry. */
  adopt(entries: readonly LedgerEntry[], isStray: (id: InstanceId) => boolean): Promise<Found>;
}

/** Independent parts, in parallel. A failure is thrown once all have finished. */
export function sideBySide(...parts: readonly Part[]): Part {
  return {
    name: parts.map(({ name }) => name).join('+'),
    ensure: async (entry, work) =>
      Object.assign({}, ...(await allDone(parts.map((part) => part.ensure(entry, work))))) as EntryPatch,
    remove: async (entry) => void (await allDone(parts.map((part) => part.remove(entry)))),
    async adopt(entries, isStray) {
      const found = await allDone(parts.map((part) => part.adopt(entries, isStray)));
      return {
        patches: new Map(found.flatMap(({ patches }) => [...(patches ?? [])])),
        strays: new Map(found.flatMap(({ strays }) => [...(strays ?? [])])),
      };
    },
  };
}

async function allDone<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
