import { virtualClock } from '@zhiyun/testkit';
import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('gives a burst, then so many each second', async () => {
  const clock = virtualClock();
  const bucket = new TokenBucket(clock, 5, 10);
  const taken = () => Array.from({ length: 100 }, () => bucket.take()).filter(Boolean).length;
  expect(taken()).toBe(10);
  expect(taken()).toBe(0);
  await clock.advance(1_000);
  expect(taken()).toBe(5);
  await clock.advance(60_000);
  expect(taken()).toBe(10);
});
