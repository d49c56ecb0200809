/**
 * What an instance asks of a kind of network. A mode is a folder here; every mode passes `contract.ts`. A NIC has a *place* in its network,
 * a small number that is kept in the ledger; what follows from it (tap, address) is its *port*.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { NicConfig } from '@zhiyun/contracts/links';

export interface Port {
  readonly place: number;
  readonly tap: string;
  readonly macAddress: string;
  /** Of the guest. */
  readonly address: string;
  /** Who may open the tap; undefined: the user that all share. */
  readonly ownerUid?: number | undefined;
}

/** Bytes since the port was made, as the guest counts them. */
export interface PortCounters {
  receivedBytes: number;
  transmittedBytes: number;
}

export interface NetworkMode {
  /** As in `nics[].mode`. */
  readonly name: string;
  /**
   * Claims a place for a NIC: that of its given address, or another when that is in use on this machine. Recorded
   * synchronously, so concurrent callers never share a place. `insufficient-capacity`: none left.
   */
  claim(instanceId: InstanceId, nic: NicConfig): Promise<number>;
  /** For what the ledger says. False: there is no such place any more. */
  hold(place: number): boolean;
  /** Not held: done already. */
  release(place: number): void;
  /** Pure. */
  port(place: number, nic: NicConfig, ownerUid: number | undefined): Port;
  /** Before anything else: makes the network be exactly these ports, keeping what is right. Taps that strangers use are left and returned. */
  open(ports: readonly Port[]): Promise<{ strayTaps: string[] }>;
  /** Makes the port. There already: done. Nothing is left when it fails. */
  setUp(port: Port): Promise<void>;
  /** Not there: done already. */
  tearDown(port: Port): Promise<void>;
  isUp(port: Port): boolean;
  counters(port: Port): PortCounters | undefined;
}
