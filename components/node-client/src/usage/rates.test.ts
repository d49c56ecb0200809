import { expect, test } from 'vitest';
import { Rates } from './rates.ts';

test('nothing is known after one sample, then differences per second', () => {
  const rates = new Rates<'read' | 'write'>();
  expect(rates.sample(1_000, { read: 500, write: 7 })).toEqual({ read: 0, write: 0 });
  expect(rates.sample(3_000, { read: 900, write: 7 })).toEqual({ read: 200, write: 0 });
});

test('a counter that was restarted is not a negative rate, nor a huge one', () => {
  const rates = new Rates<'read'>();
  rates.sample(0, { read: 1_000_000 });
  expect(rates.sample(2_000, { read: 10 })).toEqual({ read: 0 });
  expect(rates.sample(4_000, { read: 30 })).toEqual({ read: 10 });
});

test('two samples at one moment divide nothing by zero', () => {
  const rates = new Rates<'read'>();
  rates.sample(5, { read: 1 });
  expect(rates.sample(5, { read: 9 })).toEqual({ read: 0 });
});
