import { GiB, MiB } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { axisTop } from './axis-top.ts';

it('is the next power of two', () => {
  expect(axisTop([1.2 * GiB, 3 * MiB])).toBe(2 * GiB);
  expect(axisTop([4 * GiB])).toBe(4 * GiB);
});

it('keeps an idle chart from showing noise as a mountain', () => {
  expect(axisTop([])).toBe(4096);
  expect(axisTop([3])).toBe(4096);
});
