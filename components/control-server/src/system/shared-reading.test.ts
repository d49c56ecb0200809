import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { SharedReading } from './shared-reading.ts';

test('who asks within the time shares one reading, who asks later gets a new one', async () => {
  const clock = virtualClock();
  let readings = 0;
  const reading = new SharedReading(clock, 1_000, async () => ++readings);
  expect(await Promise.all([reading.read(), reading.read()])).toEqual([1, 1]);
  await clock.advance(1_000);
  expect(await reading.read()).toBe(1);
  await clock.advance(1);
  expect(await reading.read()).toBe(2);
});

test('a failure is not kept', async () => {
  let readings = 0;
  const reading = new SharedReading(virtualClock(), 1_000, async () => {
    if (++readings === 1) throw new Error('once');
    return readings;
  });
  await expect(reading.read()).rejects.toThrow('once');
  expect(await reading.read()).toBe(2);
});
