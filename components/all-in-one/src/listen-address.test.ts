import { expect, test } from 'vitest';
import { localUrl, parseListen, reachableUrls } from './listen-address.ts';

test('every usual way to write an address', () => {
  expect(parseListen('127.0.0.1:9000')).toEqual({ host: '127.0.0.1', port: 9000 });
  expect(parseListen('[::1]:9000')).toEqual({ host: '::1', port: 9000 });
  expect(parseListen(':9000')).toEqual({ host: '0.0.0.0', port: 9000 });
  expect(parseListen('9000')).toEqual({ host: '0.0.0.0', port: 9000 });
});

test('what is not an address is refused with an example', () => {
  for (const text of ['', 'host', 'host:99999', 'a:b:c', '::1']) expect(() => parseListen(text)).toThrow('for example');
});

test('the address to type here', () => {
  expect(localUrl({ host: '0.0.0.0', port: 1 })).toBe('https://127.0.0.1:1');
  expect(localUrl({ host: '::1', port: 1 })).toBe('https://[::1]:1');
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
