/** A guest network of names only. */
import { Emitter } from '@zhiyun/kernel';
import type { GuestNetwork } from './guest-network.ts';
import { formerRange } from './guest-range.ts';
import type { GuestLink } from './slots.ts';

export function createSimulatedNetwork(shortNodeId: string, taps = new Set<string>()): GuestNetwork {
  return {
    shortNodeId,
    range: formerRange,
    report: undefined,
    changed: new Emitter(),
    async open(links: readonly GuestLink[]) {
      taps.clear();
      for (const { tap } of links) taps.add(tap);
      return { strayTaps: [] };
    },
    slotsInUse: async () => new Set(),
    setUp: async ({ tap }) => void taps.add(tap),
    tearDown: async ({ tap }) => void taps.delete(tap),
    isUp: ({ tap }) => taps.has(tap),
    counters: () => ({ receivedBytes: 0, transmittedBytes: 0 }),
    refuse: async () => {},
    close: async (keep) => {
      if (!keep) taps.clear();
    },
  };
}
