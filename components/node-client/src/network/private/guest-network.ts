/**
 * Interface to the network of all guests, for private mode and the Node Client. Two implementations:
 * `kernel-network.ts`, and `simulated-network.ts` for simulated machines and tests.
 */
import type { NetworkReport } from '@zhiyun/contracts';
import type { Emitter } from '@zhiyun/kernel';
import type { PortCounters } from '../network-mode.ts';
import type { GuestLink, LinkOwner } from './slots.ts';

export interface GuestNetwork extends LinkOwner {
  /** Makes the network be exactly these links, keeping what is right already. Taps somebody still uses are left and returned. */
  open(links: readonly GuestLink[]): Promise<{ strayTaps: string[] }>;
  /** Slots that somebody on this machine uses, whoever it is. */
  slotsInUse(): Promise<ReadonlySet<number>>;
  /** Makes the link. There already: done. Nothing is left when it fails. */
  setUp(link: GuestLink): Promise<void>;
  /** Not there: done already. */
  tearDown(link: GuestLink): Promise<void>;
  isUp(link: GuestLink): boolean;
  counters(link: GuestLink): PortCounters | undefined;
  /** From now on guests do not reach these IPv4 addresses and networks, instead of those named before. */
  refuse(networks: readonly string[]): Promise<void>;
  /** What is wrong with it now, and what was; undefined: it is not watched over. */
  readonly report: NetworkReport | undefined;
  readonly changed: Emitter<NetworkReport>;
  /** `keep`: guests go on, so their network does too. Otherwise nothing is left. */
  close(keep: boolean): Promise<void>;
}
