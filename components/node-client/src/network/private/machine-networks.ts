/** The IPv4 networks that this machine uses besides those of guests: addresses and routes of every table, and its name servers. */
import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { isGuestInterface } from '@zhiyun/contracts';
import type { RunCommand } from '../run-command.ts';
import { parseNetwork, type UsedNetwork } from './guest-range.ts';

export const resolvFile = '/etc/resolv.conf';

interface Route {
  dst: string;
  dev?: string;
  type?: string;
}

export async function machineNetworks(run: RunCommand, file = resolvFile): Promise<UsedNetwork[]> {
  const routes = JSON.parse((await run('ip', ['-json', '-4', 'route', 'show', 'table', 'all'])) || '[]') as Route[];
  return [...networksOf(routes), ...serversOf(await resolversIn(file))];
}

/** Pure. */
export function networksOf(routes: readonly Route[]): UsedNetwork[] {
  return routes.flatMap(({ dst, dev, type }) => {
    const network = parseNetwork(dst);
    if (!network || dev === undefined || dev === 'lo' || isGuestInterface(dev)) return [];
    if (type === 'broadcast' || type === 'multicast') return [];
    return [{ ...network, owner: dev }];
  });
}

function serversOf(resolvers: readonly string[]): UsedNetwork[] {
  return resolvers.filter(isIPv4).map((base) => ({ base, prefixLength: 32, owner: resolvFile }));
}

/** The name servers of a resolv.conf; none when there is no such file. */
export async function resolversIn(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server = '']) => server);
}
