import { beforeEach, expect, it } from 'vitest';
import { draftIn } from './drafts.ts';

let kept: Map<string, string>;
const store = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};
beforeEach(() => {
  kept = new Map();
});

it('gives a draft back to who has typed it, and to nobody else', () => {
  draftIn<{ name: string }>(store, 'instance', 'user-1').keep({ name: 'web-1' });
  expect(draftIn(store, 'instance', 'user-1').kept).toEqual({ name: 'web-1' });
  expect(draftIn(store, 'instance', 'user-2').kept).toBeUndefined();
  expect(draftIn(store, 'image', 'user-1').kept).toBeUndefined();
});

it('forgets what was sent or given up, and what it cannot read', () => {
  const draft = draftIn<{ name: string }>(store, 'instance', 'user-1');
  draft.keep({ name: 'web-1' });
  draft.drop();
  expect(draftIn(store, 'instance', 'user-1').kept).toBeUndefined();
  kept.set('zhiyun.draft.instance', 'not JSON');
  expect(draftIn(store, 'instance', 'user-1').kept).toBeUndefined();
});
