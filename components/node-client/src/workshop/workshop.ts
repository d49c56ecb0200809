/** The parts of an instance in their order: set up forwards, torn down in reverse. When and why is the runner's business. */
import type { InstanceId } from '@zhiyun/contracts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { EntryPatch, Part, PartWork } from './part.ts';

/** Takes over what a part has added to the entry, and answers the entry as it is now. */
export type TakePatch = (patch: EntryPatch) => Promise<LedgerEntry>;

export class Workshop {
  readonly #parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** Stops at the first failure. What is there already, or was made before it, stays: of what is not promised the caller has it removed. */
  async ensure(entry: LedgerEntry, work: PartWork, take: TakePatch): Promise<void> {
    let present = entry;
    for (const part of this.#parts) {
      work.signal.throwIfAborted();
      const patch = await part.ensure(present, work);
      if (Object.keys(patch).length > 0) present = await take(patch);
    }
  }

  /** Stops at the first failure: a place or a user is not given back while something still stands on it. */
  async remove(entry: LedgerEntry): Promise<void> {
    for (const part of this.#parts.toReversed()) await part.remove(entry);
  }

  /** Answers the entries as they are now, which of them to write down, and what is set aside. */
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
