/**
 * Slots and what derives from one. Each instance has a network of its own, a /30 out of the node's range: `.1` is the
 * node (its gateway), `.2` the guest; a slot is the number of that /30. It is hashed from the instance's id, so the
 * same instance gets the same address again and two agents on one machine rarely collide; the first one wins.
 */
import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { guestInterfacePrefix, type InstanceId, type NodeId, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { addressNumber, addressText, type GuestRange } from './guest-range.ts';

export const linkPrefixLength = 30;
export const linkNetmask = '255.255.255.252';
/** Their names have room for no more. */
const maxSlots = 36 ** 4;

/** Whose networks they are. */
export interface LinkOwner {
  readonly shortNodeId: string;
  readonly range: GuestRange;
}

export function slotCountOf({ prefixLength }: GuestRange): number {
  return Math.min(maxSlots, 2 ** (linkPrefixLength - prefixLength));
}

/** All that the network of one instance is made of. */
export interface GuestLink {
  readonly slot: number;
  readonly tap: string;
  readonly macAddress: string;
  /** Who may open the tap; undefined: the user that all share. */
  readonly ownerUid?: number | undefined;
  /** Of the guest. */
  readonly address: string;
  /** Of the node on this link. */
  readonly gateway: string;
}

/** Eight characters that tell this node's interfaces and tables from another node's on the same machine. The end of a UUIDv7 is its random part. */
export function shortNodeId(nodeId: NodeId): string {
  return nodeId.slice(-8);
}

/** A Control Server that gives addresses gives these. */
export function guestAddress({ base }: GuestRange, slot: number): string {
  return addressText(addressNumber(base) + slot * 4 + 2);
}

export function guestLink({ shortNodeId, range }: LinkOwner, slot: number, macAddress: string): GuestLink {
  return {
    slot,
    tap: guestInterfacePrefix(shortNodeId) + slot.toString(36),
    macAddress: macAddress.toLowerCase(),
    address: guestAddress(range, slot),
    gateway: addressText(addressNumber(range.base) + slot * 4 + 1),
  };
}

/** The slot a tap name stands for; undefined for a foreign interface. */
export function slotOfTap(shortId: string, tap: string): number | undefined {
  const prefix = guestInterfacePrefix(shortId);
  if (!tap.startsWith(prefix)) return undefined;
  const slot = Number.parseInt(tap.slice(prefix.length), 36);
  return slot.toString(36) === tap.slice(prefix.length) && slot < maxSlots ? slot : undefined;
}

/** The slot an address lies in; undefined outside the range. */
export function slotOfAddress(range: GuestRange, address: string): number | undefined {
  if (!isIPv4(address)) return undefined;
  const slot = Math.floor((addressNumber(address) - addressNumber(range.base)) / 4);
  return slot >= 0 && slot < slotCountOf(range) ? slot : undefined;
}

/** The first free slot, beginning where the instance's id points. */
export function chooseSlot(instanceId: InstanceId, range: GuestRange, isTaken: (slot: number) => boolean): number {
  const count = slotCountOf(range);
  const wanted = createHash('sha256').update(instanceId).digest().readUInt32BE() % count;
  for (let step = 0; step < count; step++) {
    const slot = (wanted + step) % count;
    if (!isTaken(slot)) return slot;
  }
  throw new PlatformError('insufficient-capacity', say('network.all-slots-used', { count }));
}
