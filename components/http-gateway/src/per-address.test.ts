import { expect, test } from 'vitest';
import { PerAddress } from './per-address.ts';

test('an address takes up to its limit, and what is given back is free again', () => {
  const counted = new PerAddress(2);
  const first = counted.take('192.0.2.1');
  expect(counted.take('192.0.2.1')).toBeDefined();
  expect(counted.take('192.0.2.1')).toBeUndefined();
  expect(counted.take('192.0.2.2')).toBeDefined();
  first?.();
  first?.();
  expect(counted.take('192.0.2.1')).toBeDefined();
  expect(counted.take('192.0.2.1')).toBeUndefined();
});

test('all addresses of one IPv6 network count together', () => {
  const counted = new PerAddress(1);
  expect(counted.take('2001:db8::1')).toBeDefined();
  expect(counted.take('2001:db8:0:0:ffff::9')).toBeUndefined();
  expect(counted.take('2001:db8:0:1::1')).toBeDefined();
  expect(counted.take('::1')).toBeDefined();
});
