import { expect, test } from 'vitest';
import { Revert } from './revert.ts';

test('undone backwards, all of them, the first error told', async () => {
  const revert = new Revert();
  const log: number[] = [];
  revert.push(() => void log.push(1));
  revert.push(() => {
    log.push(2);
    throw new Error('two');
  });
  revert.push(() => void log.push(3));
  await expect(revert.fail()).rejects.toThrow('two');
  expect(log).toEqual([3, 2, 1]);
});

test('kept: nothing is undone', async () => {
  const revert = new Revert();
  revert.push(() => expect.fail('must not run'));
  revert.keep();
  await revert.fail();
});
