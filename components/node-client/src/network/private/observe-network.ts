/** Looks at the machine, part by part, for `network-diff.ts`. */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { guestInterfacePrefix } from '@zhiyun/contracts';
import { findProcesses } from '../../process/find-processes.ts';
import type { RunCommand } from '../run-command.ts';
import { obstaclesTo, type ProbePacket } from './firewall-probe.ts';
import { machineNetworks, resolversIn } from './machine-networks.ts';
import type { ObservedNetwork, ObservedTap, WantedNetwork } from './network-state.ts';
import { chainsOf, type NftChain, type NftRule, observeTable, parseNft, rulesOf } from './nft-json.ts';
import { guardTableName, guestDnsPort, tableName } from './render-nft.ts';
import type { GuestLink } from './slots.ts';
import { isGuarded } from './table-guard.ts';

export const interfaces = '/sys/class/net';
export const forwardingFile = '/proc/sys/net/ipv4/ip_forward';

export async function observeRules(
  run: RunCommand,
  shortId: string,
): Promise<Required<Pick<ObservedNetwork, 'table' | 'hasGuard'>>> {
  // Cheap however many elements there are, and enough to know whether there is a table to ask for.
  const chains = await listChains(run);
  const isThere = chains.some(({ family, table }) => family === 'inet' && table === tableName(shortId));
  const table = isThere ? await readTable(run, shortId) : null;
  return { table, hasGuard: isGuarded(shortId, chains) };
}

export async function readTable(run: RunCommand, shortId: string): Promise<ObservedNetwork['table'] & object> {
  return observeTable(parseNft(await run('nft', ['--json', 'list', 'table', 'inet', tableName(shortId)])));
}

export function observeTaps(links: readonly GuestLink[]): ReadonlyMap<string, ObservedTap> {
  return new Map(
    links.flatMap(({ tap }) => {
      const flags = readNumber(`${interfaces}/${tap}/flags`);
      if (flags === undefined) return [];
      return [
        [tap, { isUp: (flags & 1) === 1, hasCarrier: readNumber(`${interfaces}/${tap}/carrier`) === 1 }] as const,
      ];
    }),
  );
}

/** The kernel's table of IPv4 addresses and routes, read without starting a process. */
export function readFibTrie(): Promise<string> {
  return readFile('/proc/net/fib_trie', 'utf8');
}

/** Pure. */
export function localAddressesOf(fibTrie: string): ReadonlySet<string> {
  return new Set([...fibTrie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map(([, address = '']) => address));
}

export async function observeForwarding(): Promise<boolean> {
  return (await readFile(forwardingFile, 'utf8')).trim() === '1';
}

/** Taps without anybody at their other end, although a process was started with them. */
export function observeUnplugged(taps: ReadonlyMap<string, ObservedTap>): ReadonlySet<string> {
  const dark = [...taps].filter(([, { hasCarrier }]) => !hasCarrier).map(([tap]) => tap);
  if (dark.length === 0) return new Set();
  const words = findProcesses((argv) => /qemu/.test(argv[0] ?? '')).flatMap(({ argv }) => argv);
  const used = new Set(words.flatMap((word) => [...word.matchAll(/\bifname=([^,]+)/g)].map(([, tap]) => tap)));
  return new Set(dark.filter((tap) => used.has(tap)));
}

export async function observeSurroundings(
  run: RunCommand,
  { resolvFile }: Pick<WantedNetwork, 'resolvFile'>,
): Promise<Required<Pick<ObservedNetwork, 'used' | 'resolvers'>>> {
  return { used: await machineNetworks(run, resolvFile), resolvers: await resolversIn(resolvFile) };
}

export interface ForeignRules {
  chains: readonly NftChain[];
  rules: readonly NftRule[];
}

/**
 * Rules are read only of tables that could drop: in large rule sets it takes its time. Table by table, because nft 1.0.6 cuts its JSON
 * short at a table with the single flag `owner`, as our guard is; a foreign one of that kind stays unread.
 */
export async function observeForeignRules(run: RunCommand, shortId: string): Promise<ForeignRules> {
  const own = new Set([tableName(shortId), guardTableName(shortId)]);
  const isForeign = ({ table }: { table: string }) => !own.has(table) && !/^zhiyun_(guard_)?[0-9a-f]{8}$/.test(table);
  const chains = (await listChains(run)).filter(isForeign);
  const isFilter = ({ hook, type }: NftChain) => type === 'filter' && (hook === 'forward' || hook === 'input');
  const byTable = Map.groupBy(chains, ({ family, table }) => `${family} ${table}`);
  const read = await Promise.all(
    [...byTable].map(async ([name, ofTable]) => {
      const rules = ofTable.some(isFilter) ? await readRules(run, name) : [];
      return rules ? { chains: ofTable, rules } : { chains: [], rules: [] };
    }),
  );
  return { chains: read.flatMap(({ chains }) => chains), rules: read.flatMap(({ rules }) => rules) };
}

/** Undefined: gone meanwhile, or its JSON is cut short. Throws any other failure: a table that was not seen is no table without obstacles. */
async function readRules(run: RunCommand, table: string): Promise<NftRule[] | undefined> {
  try {
    return rulesOf(parseNft(await run('nft', ['--json', '--terse', 'list', 'table', ...table.split(' ')])));
  } catch (error) {
    if (error instanceof SyntaxError || /No such file or directory/.test(String(error))) return undefined;
    throw error;
  }
}

export function obstaclesIn({ chains, rules }: ForeignRules, shortId: string): Required<ObservedNetwork>['obstacles'] {
  const tap = `${guestInterfacePrefix(shortId)}0`;
  const probe = (packet: ProbePacket) => obstaclesTo(packet, chains, rules);
  const once = (found: ReturnType<typeof probe>) => [
    ...new Map(found.map((obstacle) => [JSON.stringify(obstacle), obstacle])).values(),
  ];
  return {
    forward: once([
      ...probe({ hook: 'forward', iifname: tap, protocol: 'tcp', dport: 443, ctState: 'new' }),
      ...probe({ hook: 'forward', oifname: tap, protocol: 'tcp', dport: 50_000, ctState: 'established' }),
    ]),
    input: once([
      ...probe({ hook: 'input', iifname: tap, protocol: 'udp', dport: 67, ctState: 'new' }),
      ...probe({ hook: 'input', iifname: tap, protocol: 'udp', dport: guestDnsPort, ctState: 'new' }),
    ]),
  };
}

async function listChains(run: RunCommand): Promise<NftChain[]> {
  return chainsOf(parseNft(await run('nft', ['--json', 'list', 'chains'])));
}

export function tapExists(tap: string): boolean {
  return existsSync(`${interfaces}/${tap}`);
}

export function readNumber(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // The interface is gone, or down.
  }
}
