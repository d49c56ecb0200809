/** The interfaces on which a domain is announced and looked for, and who is on the same network as one of them. */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface MulticastInterface {
  name: string;
  /** IPv4; group membership goes by it. */
  address: string;
  /** All that others may dial, IPv4 first; none that is good on one link only. */
  hosts: readonly string[];
  /** In CIDR notation. */
  networks: readonly string[];
  /** Equal for as long as a socket on this interface stays good. */
  key: string;
}

/** A guest's tap is the guest's network, not ours. */
const guestTap = /^zy/;

/** Those with an IPv4 address; loopback only when there is no other. */
export function multicastInterfaces(all = networkInterfaces()): MulticastInterface[] {
  const found: (MulticastInterface & { internal: boolean })[] = [];
  for (const [name, addresses = []] of Object.entries(all)) {
    const version4 = addresses.filter(({ family }) => family === 'IPv4');
    const [first] = version4;
    if (!first || guestTap.test(name)) continue;
    const version6 = addresses.filter(({ family, scopeid }) => family === 'IPv6' && !scopeid);
    const hosts = [...version4, ...version6].map(({ address }) => address);
    const networks = addresses.flatMap(({ cidr }) => (cidr ? [cidr] : []));
    const key = [name, first.mac, ...hosts].join(' ');
    found.push({ name, address: first.address, hosts, networks, key, internal: first.internal });
  }
  const outward = found.filter(({ internal }) => !internal);
  return (outward.length > 0 ? outward : found).map(({ internal: _, ...rest }) => rest);
}

/** Multicast names are spoken on the link only: whoever is farther away has no business with them (RFC 6762 §11). */
export function isOnLink({ networks }: MulticastInterface, sender: string): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list.check(sender, isIP(sender) === 6 ? 'ipv6' : 'ipv4');
}
