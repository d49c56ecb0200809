import type { LinkAddress, LinkEndpoint } from '@zhiyun/contracts/links';
import { isLoopback } from '@zhiyun/link';

const maxAddresses = 4;

/**
 * Addresses in a join token: the best host of every Data Server, then their second ones, four at most, as tokens are
 * copied by hand. Loopback only when there is nothing else.
 */
export function tokenAddresses(dataServers: readonly LinkEndpoint[]): LinkAddress[] {
  const ranked = dataServers
    .flatMap(({ hosts, port }) => hosts.map((host, rank) => ({ host, port, rank })))
    .sort((a, b) => a.rank - b.rank)
    .map(({ host, port }) => ({ host, port }));
  const outward = ranked.filter(({ host }) => !isLoopback(host));
  return (outward.length > 0 ? outward : ranked).slice(0, maxAddresses);
}
