import { expect, test } from 'vitest';
import { diskSpace } from './disk-space.ts';

test('what is reserved for root is not there for guests: free is what they may write', () => {
  const figures = { bsize: 4096, blocks: 1000, bfree: 900, bavail: 300 };
  const { total, used } = diskSpace(figures);
  expect(used).toBe(100 * 4096);
  expect(total - used).toBe(300 * 4096);
});

test('a file system that is full for guests is full, whatever root has left', () => {
  const { total, used } = diskSpace({ bsize: 1, blocks: 100, bfree: 5, bavail: 0 });
  expect(total).toBe(used);
});
