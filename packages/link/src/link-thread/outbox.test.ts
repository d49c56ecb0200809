import { expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

test('what is put in one turn leaves together, with what waited for it, in order', async () => {
  const posted: (readonly number[])[] = [];
  const outbox = new Outbox<number>((messages) => posted.push(messages));
  outbox.putLater(1);
  outbox.put(2);
  outbox.putLater(3);
  outbox.put(4);
  expect(posted).toEqual([]);
  await new Promise(setImmediate);
  expect(posted).toEqual([[1, 2, 3, 4]]);
  outbox.put(5);
  await new Promise(setImmediate);
  expect(posted).toEqual([[1, 2, 3, 4], [5]]);
});

test('what nobody follows leaves by itself', async () => {
  const posted: (readonly number[])[] = [];
  const outbox = new Outbox<number>((messages) => posted.push(messages));
  outbox.putLater(1);
  outbox.putLater(2);
  await new Promise(setImmediate);
  expect(posted).toEqual([]);
  await expect.poll(() => posted).toEqual([[1, 2]]);
});
