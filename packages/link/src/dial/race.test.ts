import { PlatformError, systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { type Attempt, race } from './race.ts';

const { signal } = new AbortController();
const silence = new PlatformError('unavailable', 'nobody there');

/** Never settles before it is aborted. */
function mute(seen: AbortSignal[] = []) {
  return (ended: AbortSignal) => {
    seen.push(ended);
    const { promise, reject } = Promise.withResolvers<string>();
    ended.addEventListener('abort', () => reject(ended.reason));
    return promise;
  };
}
const run = (attempts: Attempt<string>[], headStartMs: number, discarded: string[] = []) =>
  race(attempts, { headStartMs, clock: systemClock, signal, discard: (late) => discarded.push(late) });

test('one that does not answer costs its head start only, and is ended by the winner', async () => {
  const seen: AbortSignal[] = [];
  expect(await run([mute(seen), mute(seen), async () => 'third'], 5)).toBe('third');
  expect(seen.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('the first goes alone while it has its head start', async () => {
  let others = 0;
  const other = async () => String(others++);
  expect(await run([async () => 'first', other], 60_000)).toBe('first');
  expect(others).toBe(0);
});

test('while somebody is there and slow the others wait; when he fails they begin', async () => {
  let others = 0;
  const slow = Promise.withResolvers<string>();
  const first = (_: AbortSignal, reached: () => void) => {
    reached();
    return slow.promise;
  };
  const other = async () => `other ${others++}`;
  const racing = run([first, other], 1);
  await systemClock.sleep(20);
  expect(others).toBe(0);
  slow.reject(silence);
  expect(await racing).toBe('other 0');
});

test('a failure lets the next begin at once', async () => {
  const refused = async () => Promise.reject(silence);
  expect(await run([refused, refused, async () => 'third'], 60_000)).toBe('third');
});

test('who succeeds too late is given back', async () => {
  const discarded: string[] = [];
  const slow = Promise.withResolvers<string>();
  expect(await run([() => slow.promise, async () => 'second'], 1, discarded)).toBe('second');
  slow.resolve('late');
  await expect.poll(() => discarded).toEqual(['late']);
});

test('when all fail, a refusal says more than silence', async () => {
  const refusal = new PlatformError('join-refused', 'somebody else');
  const all = [silence, refusal, silence].map((error) => async () => Promise.reject(error));
  await expect(run(all, 1)).rejects.toBe(refusal);
});

test('the caller can give up', async () => {
  const giveUp = new AbortController();
  const racing = race([mute()], { headStartMs: 1, clock: systemClock, signal: giveUp.signal, discard: () => {} });
  giveUp.abort(new Error('enough'));
  await expect(racing).rejects.toThrow('enough');
});
