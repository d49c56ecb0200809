/** A place for each NIC in its network. */
import type { InstanceId } from '@zhiyun/contracts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { ModeOf } from '../network/network-modes.ts';
import type { EntryPatch, Part } from './part.ts';

export function placePart(modeOf: ModeOf): Part {
  /** `held`: which of the entry's places are held. On failure, places claimed here are released. */
  async function claimMissing(
    { instanceId, config }: LedgerEntry,
    held: readonly (number | null)[],
  ): Promise<EntryPatch> {
    if (held.length >= config.nics.length && !held.includes(null)) return {};
    const claimed: { release: () => void }[] = [];
    const next: number[] = [];
    try {
      for (const [index, nic] of config.nics.entries()) {
        const mode = modeOf(nic);
        const place = held[index] ?? (await mode.claim(instanceId, nic));
        if (held[index] == null) claimed.push({ release: () => mode.release(place) });
        next.push(place);
      }
    } catch (error) {
      for (const { release } of claimed) release();
      throw error;
    }
    return { places: next };
  }

  return {
    name: 'places',
    ensure: (entry) => claimMissing(entry, entry.places),

    async remove({ config, places }) {
      for (const [index, nic] of config.nics.entries()) {
        const place = places[index];
        if (place !== undefined) modeOf(nic).release(place);
      }
    },

    /**
     * Holds all known places before claiming any. A missing place is claimed anew: the range does not change under a
     * guest.
     */
    async adopt(entries) {
      const held = entries.map(({ config, places }) =>
        places.map((place, index) => {
          const nic = config.nics[index];
          return nic && modeOf(nic).hold(place) ? place : null;
        }),
      );
      const patches = new Map<InstanceId, EntryPatch>();
      for (const [index, entry] of entries.entries()) {
        const patch = await claimMissing(entry, held[index] ?? []);
        if (patch.places) patches.set(entry.instanceId, patch);
      }
      return { patches };
    },
  };
}
