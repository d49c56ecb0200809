import { expect, test } from 'vitest';
import {
  formerRange,
  freeRange,
  netmaskOf,
  overlapsOf,
  parseNetwork,
  parseRange,
  rangeText,
  settleRange,
} from './guest-range.ts';

const used = (text: string, owner = 'eth0') => ({ ...(parseNetwork(text) ?? formerRange), owner });
const nothing = { kept: undefined, configured: undefined, hasInstances: false, anyRuns: false, used: [] };
const other = { base: '10.64.0.0', prefixLength: 10 };

test('a network is its first address and a length', () => {
  expect(parseNetwork('192.0.2.0/24')).toEqual({ base: '192.0.2.0', prefixLength: 24 });
  expect(parseNetwork('192.0.2.7')).toEqual({ base: '192.0.2.7', prefixLength: 32 });
  for (const text of ['192.0.2.7/24', '192.0.2.0/33', '192.0.2.0/', 'fd00::/8', '', '192.0.2.0/24/1'])
    expect(parseNetwork(text)).toBeUndefined();
  expect(parseRange('10.64.0.0/10')).toEqual(other);
  for (const text of ['10.0.0.0/7', '192.0.2.0/30', 'x']) expect(() => parseRange(text)).toThrow('for example');
  expect([netmaskOf(10), netmaskOf(26)]).toEqual(['255.192.0.0', '255.255.255.192']);
});

test('a free range is taken: none that Tailscale, the provider or the office use', () => {
  expect(rangeText(freeRange([]))).toBe('100.64.0.0/10');
  expect(rangeText(freeRange([used('100.64.9.9', 'tailscale0')]))).toBe('10.64.0.0/10');
  expect(rangeText(freeRange([used('100.100.2.136', 'a name server'), used('10.0.0.0/8')]))).toBe('172.16.0.0/12');
});

test('where everything is used, the range that the fewest use', () => {
  const office = [
    '100.64.0.0/10',
    '10.0.0.0/8',
    '172.16.0.0/12',
    '172.17.0.0/16',
    '198.18.0.0/15',
    '100.65.0.0/16',
    '10.65.0.0/16',
  ];
  expect(rangeText(freeRange(office.map((text) => used(text))))).toBe('10.192.0.0/10');
});

test('the default route of a VPN is in nobody’s way', () => {
  expect(overlapsOf(formerRange, [used('0.0.0.0/1', 'wg0'), used('0.0.0.0/0'), used('100.65.0.0/16')])).toEqual([
    used('100.65.0.0/16'),
  ]);
});

test('what was settled stays, also when somebody else comes into it', () => {
  const taken = [used('100.64.9.9', 'tailscale0')];
  expect(settleRange({ ...nothing, used: taken })).toEqual({ range: other, waits: undefined });
  expect(settleRange({ ...nothing, kept: formerRange, used: taken }).range).toEqual(formerRange);
});

test('a node from before ranges keeps its own as long as it has instances', () => {
  const taken = [used('100.64.9.9', 'tailscale0')];
  expect(settleRange({ ...nothing, hasInstances: true, used: taken }).range).toEqual(formerRange);
});

test('another range is taken when it is configured, but not under guests that run', () => {
  const asked = { ...nothing, kept: formerRange, configured: other, hasInstances: true };
  expect(settleRange(asked)).toEqual({ range: other, waits: undefined });
  expect(settleRange({ ...asked, anyRuns: true })).toEqual({ range: formerRange, waits: other });
  expect(settleRange({ ...asked, kept: other, anyRuns: true })).toEqual({ range: other, waits: undefined });
});
