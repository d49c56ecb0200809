import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { isOnLink, multicastInterfaces } from './multicast-interfaces.ts';

function address(cidr: string, internal = false): NetworkInterfaceInfo {
  const [host = ''] = cidr.split('/');
  const common = { address: host, netmask: '', mac: '02:00:00:00:00:01', internal, cidr };
  const scopeid = host.startsWith('fe80') ? 2 : 0;
  return host.includes(':') ? { ...common, family: 'IPv6', scopeid } : { ...common, family: 'IPv4' };
}
const lo = [address('127.0.0.1/8', true)];

it('speaks on every interface that leads outward, never on a tap of a guest', () => {
  const found = multicastInterfaces({
    lo,
    eth0: [address('10.0.0.5/24'), address('fe80::1/64'), address('2001:db8::5/64')],
    'zy1a2b3c4d-7': [address('10.64.0.1/30')],
    wlan0: [address('fe80::2/64')],
    tailscale0: [address('100.64.0.5/32')],
  });
  expect(found.map(({ name, hosts }) => ({ name, hosts }))).toEqual([
    { name: 'eth0', hosts: ['10.0.0.5'] },
    { name: 'tailscale0', hosts: ['100.64.0.5'] },
  ]);
});

it('speaks on loopback when that is all there is', () => {
  expect(multicastInterfaces({ lo, 'zy1a2b3c4d-7': [address('10.64.0.1/30')] }).map(({ name }) => name)).toEqual([
    'lo',
  ]);
});

it('takes an interface with another address for another one', () => {
  const [before] = multicastInterfaces({ eth0: [address('10.0.0.5/24')] });
  const [after] = multicastInterfaces({ eth0: [address('10.0.1.5/24')] });
  expect(before?.key).not.toBe(after?.key);
});

it('listens only to who is on the same link', () => {
  const [eth0] = multicastInterfaces({ eth0: [address('10.0.0.5/24'), address('2001:db8::5/64')] });
  if (!eth0) throw new Error('no interface');
  expect(isOnLink(eth0, '10.0.0.200')).toBe(true);
  expect(isOnLink(eth0, '10.0.1.200')).toBe(false);
  expect(isOnLink(eth0, '2001:db8::7')).toBe(true);
});
