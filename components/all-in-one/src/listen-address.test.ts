import { anyHost } from '@zhiyun/link';
import { expect, test } from 'vitest';
import { localUrl, parseHost, parseListen, reachableUrls } from './listen-address.ts';

test('every usual way to write an address', () => {
  expect(parseListen('127.0.0.1:9000')).toEqual({ host: '127.0.0.1', port: 9000 });
  expect(parseListen('[::1]:9000')).toEqual({ host: '::1', port: 9000 });
  expect(parseListen(':9000')).toEqual({ host: anyHost(), port: 9000 });
  expect(parseListen('9000')).toEqual({ host: anyHost(), port: 9000 });
});

test('what is not an address is refused with an example', () => {
  for (const text of ['', 'host', 'host:99999', 'a:b:c', '::1']) expect(() => parseListen(text)).toThrow('for example');
});

test('the address to type here', () => {
  expect(localUrl({ host: '0.0.0.0', port: 1 })).toBe('https://127.0.0.1:1');
  expect(localUrl({ host: '::1', port: 1 })).toBe('https://[::1]:1');
});

test('a host alone is told without a port', () => {
  expect(parseHost('[2001:db8::1]', '--link-listen')).toBe('2001:db8::1');
  expect(parseHost('192.0.2.1', '--link-listen')).toBe('192.0.2.1');
  for (const text of ['', '192.0.2.1:9', 'a b']) expect(() => parseHost(text, '--link-listen')).toThrow('for example');
});

test('a host with IPv6 alone says its IPv6 addresses', () => {
  const at = (address: string, internal = false) => [
    { address, netmask: '', mac: '', internal, cidr: null, family: 'IPv6' as const, scopeid: 0 },
  ];
  const interfaces = { lo: at('::1', true), eth0: [...at('2001:db8::5'), ...at('fe80::1')] };
  expect(reachableUrls({ host: '::', port: 1 }, interfaces)).toEqual([
    'https://[2001:db8::5]:1',
    'https://127.0.0.1:1',
  ]);
});

test('taps of guests are told by their names: a host in a network of 100.64.0.0/10 can be reached there', () => {
  const at = (address: string) => [
    { address, netmask: '', mac: '', internal: false, cidr: null, family: 'IPv4' as const },
  ];
  const interfaces = { eth0: at('100.64.9.9'), 'zy1a2b3c4d-7': at('10.64.0.1') };
  expect(reachableUrls({ host: '0.0.0.0', port: 1 }, interfaces)).toEqual([
    'https://100.64.9.9:1',
    'https://127.0.0.1:1',
  ]);
});
