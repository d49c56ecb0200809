/**
 * One of the things that make an instance ready to run: an image in the cache, a user, a place in the network, disks, a tap. `workshop.ts`
 * goes through them in order to set an instance up, and in reverse to tear it down; after a restart of the agent it asks each what there is.
 * All three may come twice. What the agent must remember of a part lies in the ledger entry.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { LedgerEntry } from '../ledger/ledger.ts';

export interface PartWork {
  /** The ledger promises the instance: what holds its data may be mended, but is never made anew. */
  promised: boolean;
  signal: AbortSignal;
  /** 0 to 1. */
  onProgress: (fraction: number) => void;
}

/** What is new in the ledger entry; the caller writes it down. */
export type EntryPatch = Partial<Pick<LedgerEntry, 'uid' | 'places'>>;

export interface Found {
  patches?: ReadonlyMap<InstanceId, EntryPatch>;
  /** What lies here of instances that no entry is about, and must not be touched: why. */
  strays?: ReadonlyMap<InstanceId, string>;
}

export interface Part {
  readonly name: string;
  /** Makes it, or what of it has gone missing. There already: done. A failure may leave something, for `remove`. */
  ensure(entry: LedgerEntry, work: PartWork): Promise<EntryPatch>;
  /** Nothing there, or never made: done already. Works on a full disk. */
  remove(entry: LedgerEntry): Promise<void>;
  /** Before anything else, of all that the ledger promises: takes hold of what there is, and clears away what is nobody's. */
  adopt(entries: readonly LedgerEntry[], isStray: (id: InstanceId) => boolean): Promise<Found>;
}

/** Parts that do not need each other, at the same time. A failure of one is thrown when all have come to their end. */
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
