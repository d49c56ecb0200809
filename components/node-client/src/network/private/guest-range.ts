/**
 * Address range of a node's guests. Chosen at the node's first start and kept, since guests' addresses derive from it.
 * Pure.
 */
import { isIPv4 } from 'node:net';
import { say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

export interface GuestRange {
  readonly base: string;
  readonly prefixLength: number;
}

/** Of every node that was made before a range could be chosen. */
export const formerRange: GuestRange = { base: '100.64.0.0', prefixLength: 10 };

/** In the order in which they are tried. Carrier-grade NAT space first: private networks hardly ever use it. */
const candidates: readonly GuestRange[] = [
  formerRange,
  { base: '10.64.0.0', prefixLength: 10 },
  { base: '10.192.0.0', prefixLength: 10 },
  { base: '172.16.0.0', prefixLength: 12 },
  { base: '198.18.0.0', prefixLength: 15 },
];

/** An IPv4 network this machine uses otherwise, and by what. */
export interface UsedNetwork {
  readonly base: string;
  readonly prefixLength: number;
  readonly owner: string;
}

export function rangeText({ base, prefixLength }: Pick<UsedNetwork, 'base' | 'prefixLength'>): string {
  return `${base}/${prefixLength}`;
}

/** Between 16 and four million guest networks. Throws `invalid-request`. */
export function parseRange(text: string): GuestRange {
  const network = parseNetwork(text);
  if (network && network.prefixLength >= 8 && network.prefixLength <= 26) return network;
  throw new PlatformError('invalid-request', say('network.bad-range', { text: JSON.stringify(text) }));
}

/** `192.0.2.0/24` or one address; undefined when it is neither, or has bits beyond its prefix. */
export function parseNetwork(text: string): GuestRange | undefined {
  const [base = '', length = '32', ...rest] = text.split('/');
  const prefixLength = Number(length);
  if (!isIPv4(base) || rest.length > 0 || !/^\d{1,2}$/.test(length) || prefixLength > 32) return undefined;
  return addressNumber(base) % 2 ** (32 - prefixLength) === 0 ? { base, prefixLength } : undefined;
}

export function overlaps(one: GuestRange, other: GuestRange): boolean {
  const size = 2 ** (32 - Math.min(one.prefixLength, other.prefixLength));
  return Math.floor(addressNumber(one.base) / size) === Math.floor(addressNumber(other.base) / size);
}

/**
 * What of these gets into the range's way. Routes for half of the Internet and more are how VPNs write a default route; the guests'
 * networks are narrower and win over them.
 */
export function overlapsOf(range: GuestRange, used: readonly UsedNetwork[]): UsedNetwork[] {
  return used.filter((network) => network.prefixLength > 2 && overlaps(range, network));
}

/** The first that nobody uses; where all are used, the one that the fewest do. */
export function freeRange(used: readonly UsedNetwork[]): GuestRange {
  const byUse = candidates.map((range) => ({ range, uses: overlapsOf(range, used).length }));
  return (
    (byUse.find(({ uses }) => uses === 0) ?? byUse.toSorted((one, other) => one.uses - other.uses)[0])?.range ??
    formerRange
  );
}

export interface RangeSituation {
  /** As it was settled before. */
  kept: GuestRange | undefined;
  configured: GuestRange | undefined;
  /** There are instances here: from a time when nothing was kept, they are in the former range. */
  hasInstances: boolean;
  /** A guest keeps the address it has been given for as long as it runs. */
  anyRuns: boolean;
  used: readonly UsedNetwork[];
}

/** `waits`: another one is configured, and cannot be taken yet. */
export function settleRange({ kept, configured, hasInstances, anyRuns, used }: RangeSituation): {
  range: GuestRange;
  waits: GuestRange | undefined;
} {
  const present = kept ?? (hasInstances ? formerRange : undefined);
  if (configured && (!present || !anyRuns || rangeText(configured) === rangeText(present)))
    return { range: configured, waits: undefined };
  return { range: present ?? freeRange(used), waits: configured };
}

export function addressNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

export function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export function netmaskOf(prefixLength: number): string {
  return addressText(2 ** 32 - 2 ** (32 - prefixLength));
}
