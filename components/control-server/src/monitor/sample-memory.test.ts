import { expect, it } from 'vitest';
import { SampleMemory } from './sample-memory.ts';

it('gives no number twice, and takes blocks back', () => {
  const memory = new SampleMemory(3);
  const blocks = Array.from({ length: 2_500 }, () => memory.take());
  for (const [index, { values, start }] of blocks.entries()) values.fill(index, start, start + 3);
  for (const [index, { values, start }] of blocks.entries())
    expect([...values.subarray(start, start + 3)]).toEqual([index, index, index]);
  expect(new Set(blocks.map(({ values }) => values)).size).toBe(3);
  const [first] = blocks;
  if (!first) throw new Error('no block');
  memory.give(first);
  expect(memory.take()).toBe(first);
});
