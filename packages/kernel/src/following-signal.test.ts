import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { FollowingSignal } from './following-signal.ts';

test('is aborted by any of those it follows, with its reason', () => {
  for (const which of [0, 1]) {
    const [first, second] = [new AbortController(), new AbortController()];
    using following = new FollowingSignal(first.signal, second.signal);
    expect(following.signal.aborted).toBe(false);
    [first, second][which]?.abort('why');
    expect(following.signal.reason).toBe('why');
  }
});

test('begins aborted when one of them is', () => {
  using following = new FollowingSignal(new AbortController().signal, AbortSignal.abort('before'));
  expect(following.signal.reason).toBe('before');
});

test('leaves nothing behind, and is not aborted after its end', () => {
  const source = new AbortController();
  const following = new FollowingSignal(source.signal);
  following[Symbol.dispose]();
  expect(getEventListeners(source.signal, 'abort')).toEqual([]);
  source.abort();
  expect(following.signal.aborted).toBe(false);
});
