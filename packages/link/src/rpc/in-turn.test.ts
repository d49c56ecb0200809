import { beforeEach, expect, test } from 'vitest';
import { InTurn } from './in-turn.ts';

let said: string[];
let takings: PromiseWithResolvers<void>[];
let items: InTurn<number>;

/** Takes even items at once and odd ones with a promise. */
beforeEach(() => {
  said = [];
  takings = [];
  items = new InTurn<number>({
    take: (item) => {
      said.push(`take ${item}`);
      if (item === 4) throw new Error('no 4');
      if (item % 2 === 0) return;
      const taking = Promise.withResolvers<void>();
      takings.push(taking);
      return taking.promise;
    },
    pause: () => said.push('pause'),
    resume: () => said.push('resume'),
    ended: () => said.push('ended'),
    failed: (error) => said.push(String(error)),
  });
});
const taken = async () => {
  takings.shift()?.resolve();
  await new Promise(setImmediate);
};

test('the next one waits until the one before was taken, and so does the end', async () => {
  for (const item of [2, 1, 6]) items.give(item);
  items.end();
  expect(said).toEqual(['take 2', 'take 1', 'pause']);
  await taken();
  expect(said.slice(3)).toEqual(['take 6', 'ended']);
});

test('a failure of the source comes after what it has brought', async () => {
  for (const item of [1, 3]) items.give(item);
  items.end({ error: 'no more' });
  await taken();
  expect(said).toEqual(['take 1', 'pause', 'take 3', 'pause']);
  await taken();
  expect(said.at(-1)).toBe('no more');
});

test('what fails at once takes nothing more, whatever waits or comes', async () => {
  for (const item of [1, 2]) items.give(item);
  items.fail('cut');
  items.fail('again');
  await taken();
  items.give(6);
  items.end();
  expect(said).toEqual(['take 1', 'pause', 'cut']);
});

test('whoever throws while he takes has failed', async () => {
  for (const item of [1, 4, 6]) items.give(item);
  await taken();
  expect(said).toEqual(['take 1', 'pause', 'take 4', 'Error: no 4']);
});

test('a source that was held goes on when nothing waits', async () => {
  items.give(1);
  await taken();
  expect(said).toEqual(['take 1', 'pause', 'resume']);
});
