/**
 * Interface to the network of all guests, for private mode and the Node Client. Two implementations:
 * `kernel-network.ts`, and `simulated-network.ts` for simulated machines and tests.
 */
import type { NetworkReport } from '@zhiyun/contracts';
import type { Emitter } from '@zhiyun/kernel';
import type { PortCounters } from '../network-mode.ts';
import type { GuestLink, LinkOwner } from './slots.ts';

export interface GuestNetwork extends LinkOwner {
  /** Reconciles the network with exactly these links. Taps still in use are left and returned. */
  open(links: readonly GuestLink[]): Promise<{ strayTaps: string[] }>;
  /** Slots in use on this machine, by any program. */
  slotsInUse(): Promise<ReadonlySet<number>>;
  /** Creates the link (idempotent). Leaves nothing on failure. */
  setUp(link: GuestLink): Promise<void>;
  /** Removes the link (idempotent). */
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
