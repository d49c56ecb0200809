import { expect, test } from 'vitest';
import { formatBytes, GiB, KiB, MiB, parseBytes } from './units.ts';

test('sizes for people', () => {
  expect(formatBytes(1288490189)).toBe('1.2 GiB');
  expect(formatBytes(512 * MiB)).toBe('512 MiB');
  expect(formatBytes(100)).toBe('100 B');
});

test('sizes from people', () => {
  expect(parseBytes('2GiB')).toBe(2 * GiB);
  expect(parseBytes(' 64 k ')).toBe(64 * KiB);
  expect(parseBytes('1.0000000001B')).toBeUndefined();
  expect(parseBytes('-1')).toBeUndefined();
  expect(parseBytes('')).toBeUndefined();
});
