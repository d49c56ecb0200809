/**
 * Slots and what follows from one. Each instance has a network of its own, a /30 cut out of 100.64.0.0/10: `.1` is the node
 * (its gateway), `.2` the guest. A slot is the number of that /30. It is drawn from the instance's id, so that the same
 * instance gets the same address again and two agents on one machine hardly ever want the same; whoever is there first keeps it.
 */
import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { InstanceId, NodeId } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

export const guestNetwork = { base: '100.64.0.0', netmask: '255.192.0.0', prefixLength: 10 } as const;
export const linkPrefixLength = 30;
export const linkNetmask = '255.255.255.252';
export const slotCount = 2 ** (linkPrefixLength - guestNetwork.prefixLength);

const baseNumber = addressNumber(guestNetwork.base);

/** All that the network of one instance is made of. */
export interface GuestLink {
  readonly slot: number;
  readonly tap: string;
  readonly macAddress: string;
  /** Of the guest. */
  readonly address: string;
  /** Of the node on this link. */
  readonly gateway: string;
}

/** Eight characters that tell this node's interfaces and tables from another node's on the same machine. The end of a UUIDv7 is its random part. */
export function shortNodeId(nodeId: NodeId): string {
  return nodeId.slice(-8);
}

/** Every tap of a node starts with this. `zy` + 8 + `-` + up to 4 characters of the slot = 15, the most Linux takes. */
export function tapPrefix(shortId: string): string {
  return `zy${shortId}-`;
}

export function guestLink(shortId: string, slot: number, macAddress: string): GuestLink {
  const first = baseNumber + slot * 4;
  return {
    slot,
    tap: tapPrefix(shortId) + slot.toString(36),
    macAddress: macAddress.toLowerCase(),
    address: addressText(first + 2),
    gateway: addressText(first + 1),
  };
}

/** The slot a tap name stands for; undefined for a foreign interface. */
export function slotOfTap(shortId: string, tap: string): number | undefined {
  const prefix = tapPrefix(shortId);
  if (!tap.startsWith(prefix)) return undefined;
  const slot = Number.parseInt(tap.slice(prefix.length), 36);
  return slot.toString(36) === tap.slice(prefix.length) && slot < slotCount ? slot : undefined;
}

/** The slot an address lies in; undefined outside the guest network. */
export function slotOfAddress(address: string): number | undefined {
  if (!isIPv4(address)) return undefined;
  const slot = Math.floor((addressNumber(address) - baseNumber) / 4);
  return slot >= 0 && slot < slotCount ? slot : undefined;
}

/** The first free slot, beginning where the instance's id points. */
export function chooseSlot(instanceId: InstanceId, isTaken: (slot: number) => boolean): number {
  const wanted = createHash('sha256').update(instanceId).digest().readUInt32BE() % slotCount;
  for (let step = 0; step < slotCount; step++) {
    const slot = (wanted + step) % slotCount;
    if (!isTaken(slot)) return slot;
  }
  throw new PlatformError('insufficient-capacity', `All ${slotCount} guest networks of this node are in use.`);
}

function addressNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
