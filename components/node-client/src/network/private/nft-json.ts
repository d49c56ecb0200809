/** What `nft -j` says, as far as we read it. Pure. */
import type { GuestLink } from './slots.ts';

export interface NftChain {
  family: string;
  table: string;
  name: string;
  /** Undefined: a chain that others jump to. */
  hook?: string;
  type?: string;
  prio?: number;
  policy?: string;
}

/** Expressions are read where a packet is tried on them; see firewall-probe.ts. */
export interface NftRule {
  handle?: number;
  family: string;
  table: string;
  chain: string;
  expr: readonly unknown[];
}

interface NftSet {
  family: string;
  table: string;
  name: string;
  elem?: readonly unknown[];
}

type NftItem = { chain: NftChain } | { rule: NftRule } | { set: NftSet } | Record<string, unknown>;

export function parseNft(json: string): NftItem[] {
  if (json.trim() === '') return [];
  return (JSON.parse(json) as { nftables: NftItem[] }).nftables;
}

export function chainsOf(items: readonly NftItem[]): NftChain[] {
  return items.flatMap((item) => ('chain' in item ? [item.chain as NftChain] : []));
}

export function rulesOf(items: readonly NftItem[]): NftRule[] {
  return items.flatMap((item) => ('rule' in item ? [item.rule as NftRule] : []));
}

export interface ObservedTable {
  /** All of it but its links and its figures. Equal as long as nobody has changed anything. */
  form: string;
  /** `set element`, each as one word. */
  elements: ReadonlySet<string>;
}

const linkSets = new Set(['links', 'sources', 'gateways']);

export function observeTable(items: readonly NftItem[]): ObservedTable {
  const elements = new Set<string>();
  const form: unknown[] = [];
  for (const item of items) {
    if ('metainfo' in item || 'counter' in item) continue;
    if (!('set' in item) || !linkSets.has((item.set as NftSet).name)) {
      form.push(item);
      continue;
    }
    const { elem = [], ...set } = item.set as NftSet;
    form.push({ set });
    for (const element of elem) elements.add(elementWord(set.name, (element as { concat?: string[] }).concat ?? []));
  }
  return { form: JSON.stringify(form, withoutFigures), elements };
}

/** As `observeTable` names them. */
export function elementsOf({ tap, macAddress, address, gateway }: GuestLink): string[] {
  return [
    elementWord('links', [tap, macAddress]),
    elementWord('sources', [tap, macAddress, address]),
    elementWord('gateways', [tap, gateway]),
  ];
}

function elementWord(set: string, parts: readonly string[]): string {
  return [set, ...parts].join(' ');
}

/** Handles are drawn anew with each load; counters count. */
function withoutFigures(key: string, value: unknown): unknown {
  return key === 'handle' || key === 'packets' || key === 'bytes' ? undefined : value;
}

export function elementTap(word: string): string {
  return word.split(' ')[1] ?? '';
}
