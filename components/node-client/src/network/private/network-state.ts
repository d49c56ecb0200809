/**
 * Desired and observed state of a node's guest network, as data. `network-diff.ts` compares them; nothing here changes
 * anything.
 */

import type { Obstacle } from './firewall-probe.ts';
import type { GuestRange, UsedNetwork } from './guest-range.ts';
import type { ObservedTable } from './nft-json.ts';
import type { GuestLink } from './slots.ts';

export interface WantedNetwork {
  readonly shortNodeId: string;
  readonly range: GuestRange;
  /** Configured, but guests run. */
  readonly rangeWaits: GuestRange | null;
  readonly links: readonly GuestLink[];
  /** Of the rules as they were when they had been loaded; null: never. */
  readonly tableForm: string | null;
  readonly directory: string;
  readonly resolvFile: string;
}

export interface ObservedTap {
  isUp: boolean;
  hasCarrier: boolean;
}

/** Observation. Parts have their own intervals; a part not observed is left out and not judged. */
export interface ObservedNetwork {
  /** Null: there is none. */
  table?: ObservedTable | null;
  hasGuard?: boolean;
  /** By name; of links that are wanted. */
  taps?: ReadonlyMap<string, ObservedTap>;
  /** Taps that were made anew under a guest that still runs. */
  unplugged?: ReadonlySet<string>;
  /** Addresses that are this machine's own. */
  localAddresses?: ReadonlySet<string>;
  forwards?: boolean;
  /** By slot. */
  reservations?: ReadonlyMap<string, string>;
  dhcp?: { runs: boolean; problem: unknown };
  obstacles?: { forward: readonly Obstacle[]; input: readonly Obstacle[] };
  used?: readonly UsedNetwork[];
  resolvers?: readonly string[];
}
