import { QueryClient } from '@tanstack/react-query';
import type { Event } from '@zhiyun/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FeedHandlers } from './feed-source.ts';
import { LiveFeed } from './live.ts';

interface FakeFeed extends FeedHandlers {
  after: number | undefined;
  close: ReturnType<typeof vi.fn>;
}

let feeds: FakeFeed[];
let feed: LiveFeed;
let answers: boolean;
const client = new QueryClient();
const invalidate = vi.spyOn(client, 'invalidateQueries').mockResolvedValue();
const keys = () => invalidate.mock.calls.map(([filters]) => filters?.queryKey?.[0]).filter(Boolean);
const everything = () => invalidate.mock.calls.filter(([filters]) => filters?.predicate).length;
const latest = () => feeds.at(-1) ?? expect.fail('no feed');

const event = (seq: number, draft: Partial<Event> = {}): string =>
  JSON.stringify({
    seq,
    kind: 'image.ready',
    subject: { kind: 'image', id: 'i', name: 'i' },
    operation: null,
    ...draft,
  });

beforeEach(() => {
  vi.useFakeTimers();
  invalidate.mockClear();
  feeds = [];
  answers = true;
  feed = new LiveFeed({
    client,
    open(after, handlers) {
      const close = vi.fn();
      feeds.push({ ...handlers, after, close });
      return close;
    },
    signOfLife: () => (answers ? Promise.resolve() : Promise.reject(new TypeError('no answer'))),
  });
});
afterEach(() => {
  feed[Symbol.dispose]();
  vi.useRealTimers();
});

it('asks again for what an event touches, once a second however many there are', () => {
  latest().opened();
  expect(feed.state).toBe('live');
  for (let seq = 1; seq <= 50; seq++) latest().event(event(seq));
  expect(keys()).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(keys().sort()).toEqual(['event', 'image', 'system']);
});

it('asks once more for what was asked before it began: no event tells what changed in between', () => {
  latest().opened();
  expect(everything()).toBe(1);
  expect(invalidate.mock.calls.at(-1)?.[1]).toEqual({ cancelRefetch: true });
});

it('does not heed what it had already', () => {
  latest().event(event(7));
  vi.advanceTimersByTime(1_000);
  invalidate.mockClear();
  latest().event(event(7));
  vi.advanceTimersByTime(1_000);
  expect(keys()).toEqual([]);
});

it('reads everything afresh after a reset, and heeds the lower numbers that follow', () => {
  latest().opened();
  latest().event(event(900));
  vi.advanceTimersByTime(1_000);
  invalidate.mockClear();
  latest().event(JSON.stringify({ reset: true, seq: 5 }));
  expect(everything()).toBe(1);
  latest().event(event(6));
  vi.advanceTimersByTime(1_000);
  expect(keys()).toContain('image');
  latest().ended();
  vi.advanceTimersByTime(1_000);
  expect(latest().after).toBe(6);
});

it('says nothing of a short cut, but catches up after it, from the last event it had', () => {
  latest().opened();
  latest().event(event(41));
  invalidate.mockClear();
  latest().ended();
  vi.advanceTimersByTime(2_000);
  expect(feed.state).toBe('live');
  expect(feeds).toHaveLength(2);
  expect(latest().after).toBe(41);
  latest().opened();
  expect(everything()).toBe(1);
});

it('polls while it is cut, and stops when it is back', async () => {
  latest().opened();
  latest().ended();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(feed.state).toBe('lost');
  invalidate.mockClear();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(everything()).toBe(2);
  latest().opened();
  invalidate.mockClear();
  expect(feed.state).toBe('live');
  await vi.advanceTimersByTimeAsync(7_000);
  expect(everything()).toBe(0);
});

it('opens a new feed when one has ended, less often each time, and asks whether the session has ended', () => {
  latest().ended();
  expect(keys()).toEqual(['session']);
  vi.advanceTimersByTime(1_000);
  expect(feeds).toHaveLength(2);
  latest().ended();
  vi.advanceTimersByTime(1_000);
  expect(feeds).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(feeds).toHaveLength(3);
});

it('does not believe a silent feed: it is live no more once the platform does not answer', async () => {
  latest().opened();
  answers = false;
  await vi.advanceTimersByTimeAsync(12_000);
  expect(feed.state).toBe('unreachable');
  answers = true;
  invalidate.mockClear();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(latest().close).not.toHaveBeenCalled();
  expect(feeds).toHaveLength(2);
  latest().opened();
  expect(feed.state).toBe('live');
  expect(everything()).toBeGreaterThan(0);
});

it('leaves a quiet platform alone that answers or sends keep-alives, and begins a dead feed anew', async () => {
  latest().opened();
  for (let beat = 0; beat < 6; beat++) {
    await vi.advanceTimersByTimeAsync(15_000);
    latest().heard();
  }
  expect(feed.state).toBe('live');
  expect(feeds).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(feeds[0]?.close).toHaveBeenCalled();
  expect(feeds.length).toBeGreaterThan(1);
});

it('closes with its owner', () => {
  feed[Symbol.dispose]();
  expect(latest().close).toHaveBeenCalled();
});
