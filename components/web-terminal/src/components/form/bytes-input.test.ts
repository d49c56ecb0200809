import { GiB, MiB, TiB } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { unitOf } from './bytes-input.tsx';

it('shows a size in the unit that makes it readable', () => {
  expect(unitOf(512 * MiB)).toBe('MiB');
  expect(unitOf(1 * GiB)).toBe('GiB');
  expect(unitOf(1.5 * GiB)).toBe('GiB');
  expect(unitOf(2 * TiB)).toBe('TiB');
  expect(unitOf(1.5 * TiB)).toBe('GiB');
});
