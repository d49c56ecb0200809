import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { backoffMs, retry } from './retry.ts';

test('waits grow to the limit and stay within the jitter', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
      const wait = backoffMs({ firstMs: 50, maxMs: 2000, jitter: 0.3 }, attempt, () => random);
      return wait >= 50 * 0.7 - 1e-9 && wait <= 2000 * 1.3 + 1e-9;
    }),
  );
});

test('gives up when told, with the last error', async () => {
  let tries = 0;
  const attempt = retry(
    async () => {
      tries++;
      throw new Error(`try ${tries}`);
    },
    {
      clock: { ...systemClock, sleep: async () => {} },
      backoff: { firstMs: 1, maxMs: 1 },
      again: (_error, count) => count < 2,
    },
  );
  await expect(attempt).rejects.toThrow('try 3');
});
