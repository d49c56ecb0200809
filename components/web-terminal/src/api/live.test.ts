import { QueryClient } from '@tanstack/react-query';
import type { Event } from '@zhiyun/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveFeed, staleKeys } from './live.ts';

/** What the feed uses of an EventSource. */
class FakeSource {
  static readonly CLOSED = 2;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 0;
  close = vi.fn();
  constructor() {
    sources.push(this);
  }
}

let sources: FakeSource[];
let feed: LiveFeed;
const client = new QueryClient();
const invalidate = vi.spyOn(client, 'invalidateQueries').mockResolvedValue();
const keys = () => invalidate.mock.calls.map(([filters]) => filters?.queryKey?.[0]).filter(Boolean);
const latest = () => sources.at(-1) ?? expect.fail('no source');

const event = (seq: number, draft: Partial<Event> = {}): { data: string } => ({
  data: JSON.stringify({
    seq,
    kind: 'image.ready',
    subject: { kind: 'image', id: 'i', name: 'i' },
    operation: null,
    ...draft,
  }),
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  invalidate.mockClear();
  sources = [];
  feed = new LiveFeed({ client, open: () => new FakeSource() as unknown as EventSource });
});
afterEach(() => {
  feed[Symbol.dispose]();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks again for what an event touches, once a second however many there are', () => {
  latest().onopen?.();
  expect(feed.state).toBe('live');
  for (let seq = 1; seq <= 50; seq++) latest().onmessage?.(event(seq));
  expect(keys()).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(keys().sort()).toEqual(['events', 'images', 'system']);
});

it('does not heed what it had already', () => {
  latest().onmessage?.(event(7));
  vi.advanceTimersByTime(1_000);
  invalidate.mockClear();
  latest().onmessage?.(event(7));
  vi.advanceTimersByTime(1_000);
  expect(keys()).toEqual([]);
});

it('says nothing of a short cut, but catches up after it', () => {
  latest().onopen?.();
  latest().onerror?.();
  vi.advanceTimersByTime(2_000);
  expect(feed.state).toBe('live');
  latest().onopen?.();
  vi.advanceTimersByTime(60_000);
  expect(feed.state).toBe('live');
  expect(invalidate).toHaveBeenCalledOnce();
});

it('polls while it is cut, and stops when it is back', () => {
  latest().onopen?.();
  latest().onerror?.();
  vi.advanceTimersByTime(3_000);
  expect(feed.state).toBe('lost');
  vi.advanceTimersByTime(10_000);
  expect(invalidate).toHaveBeenCalledTimes(2);
  latest().onopen?.();
  invalidate.mockClear();
  vi.advanceTimersByTime(30_000);
  expect(feed.state).toBe('live');
  expect(invalidate).not.toHaveBeenCalled();
});

it('opens a new feed when the browser has given up, and asks whether the session has ended', () => {
  latest().readyState = 2;
  latest().onerror?.();
  expect(keys()).toEqual(['session']);
  expect(sources).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  expect(sources).toHaveLength(2);
});

it('closes with its owner', () => {
  feed[Symbol.dispose]();
  expect(latest().close).toHaveBeenCalled();
});

it('knows that an event of an operation touches the operations too', () => {
  const subject = { kind: 'instance', id: 'i', name: 'i' } as const;
  expect(staleKeys({ kind: 'operation.failed', subject, operation: null })).toContain('operations');
  expect(staleKeys({ kind: 'instance.renamed', subject, operation: null })).not.toContain('operations');
});
