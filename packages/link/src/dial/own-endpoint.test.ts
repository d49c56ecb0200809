import type { NetworkInterfaceInfo } from 'node:os';
import { systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { AddressWatcher, hostsOf, ownEndpoint } from './own-endpoint.ts';

function address(address: string, { internal = false } = {}): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const interfaces = {
  lo: [address('127.0.0.1', { internal: true }), address('::1', { internal: true })],
  eth0: [address('fd00::5'), address('fe80::5'), address('192.0.2.5')],
  'zy1a2b3c4d-7': [address('10.1.2.3')],
  eth2: [address('100.64.3.1'), address('100.128.0.1')],
  eth1: [address('169.254.9.9'), address('198.51.100.7')],
};

test('outward IPv4 addresses come first, then global IPv6; taps of guests, link-local and loopback are not offered', () => {
  expect(hostsOf(interfaces, '::')).toEqual(['192.0.2.5', '100.64.3.1', '100.128.0.1', '198.51.100.7', 'fd00::5']);
  expect(hostsOf(interfaces, '0.0.0.0')).toEqual(['192.0.2.5', '100.64.3.1', '100.128.0.1', '198.51.100.7']);
});

test('a machine without a network offers loopback, and a listener at one address offers that', () => {
  expect(hostsOf({ lo: interfaces.lo, 'zy1a2b3c4d-7': interfaces['zy1a2b3c4d-7'] }, '0.0.0.0')).toEqual(['127.0.0.1']);
  expect(hostsOf(interfaces, '198.51.100.7')).toEqual(['198.51.100.7']);
});

test('members of one network namespace name one machine', () => {
  const endpoint = ownEndpoint('127.0.0.1', 7);
  expect(endpoint).toMatchObject({ hosts: ['127.0.0.1'], port: 7, machine: ownEndpoint('::', 8).machine });
  expect(endpoint.machine).toMatch(/^[0-9a-f-]{36}\/\d+$/);
  expect(ownEndpoint('0.0.0.0', 7, ['node.example']).hosts).toEqual(['node.example']);
});

test('changes of addresses are told; guests that come and go are no news; nobody listens, nobody polls', () => {
  let now: NodeJS.Dict<NetworkInterfaceInfo[]> = interfaces;
  let poll: (() => void) | undefined;
  const every = (_ms: number, task: () => void) => {
    poll = task;
    return {
      [Symbol.dispose]: () => {
        poll = undefined;
      },
    };
  };
  const watcher = new AddressWatcher(() => now, { ...systemClock, every });
  let told = 0;
  const first = watcher.on(() => told++);
  const second = watcher.on(() => told++);
  poll?.();
  now = { ...interfaces, 'zy1a2b3c4d-8': [address('10.9.9.9')] };
  poll?.();
  expect(told).toBe(0);
  now = { ...interfaces, eth1: [address('198.51.100.8')] };
  poll?.();
  poll?.();
  expect(told).toBe(2);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(poll).toBeDefined();
  second[Symbol.dispose]();
  expect(poll).toBeUndefined();
});
