/** The platform's own IPv4 addresses that a node knows of: its guests have no business with them. */
import { isIPv4 } from 'node:net';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';
import type { Peer } from '@zhiyun/link';

interface Domain {
  peers(type: ComponentType): readonly Pick<Peer, 'address' | 'endpoint'>[];
}

export function platformAddresses(domain: Domain): string[] {
  const hosts = componentTypes
    .flatMap((type) => domain.peers(type))
    .flatMap(({ address, endpoint }) => [address.host, ...endpoint.hosts]);
  // Of this very machine, guests reach nothing anyway.
  return [...new Set(hosts)].filter((host) => isIPv4(host) && !host.startsWith('127.')).sort();
}
