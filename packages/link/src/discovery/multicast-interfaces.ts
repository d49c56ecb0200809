/** Interfaces used for multicast discovery, and whether a sender is on the same link as one of them. */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { hostsOf } from '../dial/own-endpoint.ts';

export interface MulticastInterface {
  name: string;
  /** Group membership is joined by this address. */
  address: string;
  /** IPv4 addresses that others may dial, as link listeners advertise them by default; none of a guest network. */
  hosts: readonly string[];
  /** In CIDR notation. */
  networks: readonly string[];
  /** Unchanged for as long as a socket on this interface stays valid. */
  key: string;
}

/** Interfaces with an IPv4 address that may be advertised; loopback only when there is no other. */
export function multicastInterfaces(all = networkInterfaces()): MulticastInterface[] {
  const found: (MulticastInterface & { internal: boolean })[] = [];
  for (const [name, addresses = []] of Object.entries(all)) {
    const own = new Set(addresses.map(({ address }) => address));
    const hosts = hostsOf({ [name]: addresses }, '0.0.0.0').filter((host) => own.has(host));
    const [address] = hosts;
    const [first] = addresses;
    if (address === undefined || first === undefined) continue;
    const networks = addresses.flatMap(({ cidr }) => (cidr ? [cidr] : []));
    const key = [name, first.mac, ...hosts].join(' ');
    found.push({ name, address, hosts, networks, key, internal: first.internal });
  }
  const outward = found.filter(({ internal }) => !internal);
  return (outward.length > 0 ? outward : found).map(({ internal: _, ...rest }) => rest);
}

/** Multicast DNS is link-local: senders beyond the link are ignored (RFC 6762 §11). */
export function isOnLink({ networks }: MulticastInterface, sender: string): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list.check(sender, isIP(sender) === 6 ? 'ipv6' : 'ipv4');
}
