/**
 * Provisions an instance by an ordered list of parts: set up forwards, torn down in reverse. The runner decides when
 * and why.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { EntryPatch, Part, PartWork } from './part.ts';

/** Stores what a part has added to the entry; returns the entry. */
export type TakePatch = (patch: EntryPatch) => Promise<LedgerEntry>;

export class Workshop {
  readonly #parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /**
   * Stops at the first failure. What exists or was made before it stays: for an instance not in the ledger the caller
   * removes it.
   */
  async ensure(entry: LedgerEntry, work: PartWork, take: TakePatch): Promise<void> {
    let present = entry;
    for (const part of this.#parts) {
      work.signal.throwIfAborted();
      const patch = await part.ensure(present, work);
      if (Object.keys(patch).length > 0) present = await take(patch);
    }
  }

  /** Stops at the first failure: a place or user is not released while something still uses it. */
  async remove(entry: LedgerEntry): Promise<void> {
    for (const part of this.#parts.toReversed()) await part.remove(entry);
  }

  /** Returns the adopted entries, which of them to write, and what is quarantined. */
  async adopt(
    entries: readonly LedgerEntry[],
    isStray: (id: InstanceId) => boolean,
  ): Promise<{ entries: LedgerEntry[]; changed: Set<InstanceId>; strays: Map<InstanceId, string> }> {
    const strays = new Map<InstanceId, string>();
    const changed = new Set<InstanceId>();
    let present = [...entries];
    for (const part of this.#parts) {
      const found = await part.adopt(present, (id) => isStray(id) || strays.has(id));
      for (const [id, why] of found.strays ?? []) strays.set(id, why);
      const { patches } = found;
      if (!patches || patches.size === 0) continue;
      for (const id of patches.keys()) changed.add(id);
      present = present.map((entry) => ({ ...entry, ...patches.get(entry.instanceId) }));
    }
    return { entries: present, changed, strays };
  }
}
