import { expect, test } from 'vitest';
import { virtualClock } from './virtual-clock.ts';

test('timers run in order of their time, and what they set in motion settles before the next', async () => {
  const clock = virtualClock(0);
  const seen: string[] = [];
  const note = (what: string) => seen.push(`${clock.now()} ${what}`);
  void clock.sleep(30).then(() => note('third'));
  void clock
    .sleep(10)
    .then(() => note('first'))
    .then(() => clock.sleep(10))
    .then(() => note('second'));
  await clock.advance(29);
  expect(seen).toEqual(['10 first', '20 second']);
  await clock.advance(1);
  expect(seen).toEqual(['10 first', '20 second', '30 third']);
});

test('a repeated task ends with its disposal, an aborted sleep with the reason', async () => {
  const clock = virtualClock();
  let runs = 0;
  const repeated = clock.every(10, () => {
    if (++runs === 2) repeated[Symbol.dispose]();
  });
  await clock.advance(100);
  expect(runs).toBe(2);

  const abort = new AbortController();
  const asleep = clock.sleep(10, abort.signal);
  abort.abort(new Error('enough'));
  await expect(asleep).rejects.toThrow('enough');
});
