import { expect, test } from 'vitest';
import { dialsAtOnce, goneDialsAtOnce } from '../limits.ts';
import { dialTurn } from './dial-turns.ts';

test('those who are said to be gone do not hold up the others, and are given up at once', async () => {
  const end = new AbortController();
  const gone = Array.from({ length: 4 * goneDialsAtOnce }, () => dialTurn(true, end.signal));
  const turns = await Promise.all(gone.slice(0, goneDialsAtOnce));
  using _present = await dialTurn(false, end.signal);
  const enough = new Error('enough');
  end.abort(enough);
  for (const waiting of gone.slice(goneDialsAtOnce)) await expect(waiting).rejects.toBe(enough);
  for (const turn of turns) turn[Symbol.dispose]();
});

test('no more have a turn than can have their handshake in time; the next one follows who has ended', async () => {
  const { signal } = new AbortController();
  const turns = await Promise.all(Array.from({ length: dialsAtOnce }, () => dialTurn(false, signal)));
  let isNext = false;
  const next = dialTurn(false, signal).finally(() => {
    isNext = true;
  });
  await new Promise(setImmediate);
  expect(isNext).toBe(false);
  turns.pop()?.[Symbol.dispose]();
  turns.push(await next);
  for (const turn of turns) turn[Symbol.dispose]();
});
