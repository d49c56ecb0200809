/** Ports of an instance: taps, rules and whatever else its network modes create. */
import type { Logger } from '@zhiyun/kernel';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { NetworkMode, Port } from '../network/network-mode.ts';
import type { ModeOf } from '../network/network-modes.ts';
import type { Part } from './part.ts';

export interface ModePort {
  readonly mode: NetworkMode;
  readonly port: Port;
}

/** Of the NICs that have a place. */
export function portsOf({ config, places, uid }: LedgerEntry, modeOf: ModeOf): ModePort[] {
  return config.nics.flatMap((nic, index) => {
    const place = places[index];
    if (place === undefined) return [];
    const mode = modeOf(nic);
    return [{ mode, port: mode.port(place, nic, uid) }];
  });
}

export function networkPart(modes: readonly NetworkMode[], modeOf: ModeOf, log: Logger): Part {
  return {
    name: 'network',
    async ensure(entry, { promised }) {
      for (const { mode, port } of portsOf(entry, modeOf)) if (!promised || !mode.isUp(port)) await mode.setUp(port);
      return {};
    },
    async remove(entry) {
      for (const { mode, port } of portsOf(entry, modeOf).toReversed()) await mode.tearDown(port);
    },
    async adopt(entries) {
      const all = entries.flatMap((entry) => portsOf(entry, modeOf));
      for (const mode of modes) {
        const { strayTaps } = await mode.open(all.filter((one) => one.mode === mode).map(({ port }) => port));
        for (const tap of strayTaps)
          log.error({ tap }, 'A tap of this node is in use by nobody we know; it is left alone');
      }
      return {};
    },
  };
}
