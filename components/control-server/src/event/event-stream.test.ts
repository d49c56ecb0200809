import type { Event } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { virtualClock } from '@zhiyun/testkit';
import { describe, expect, it } from 'vitest';
import { testUserId } from '../rest/test-app.ts';
import { type EventSource, EventStreams } from './event-stream.ts';

const event = (seq: number, kind = 'image.created'): Event => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  kind,
  severity: 'info',
  subject: { kind: 'image', id: 'i', name: 'debian' },
  data: {},
  actor: null,
  operation: null,
});

/** Gives every event after `after` and then waits for the signal; counts what was pulled. */
function source(events: readonly Event[]) {
  const seen = { pulled: 0, ended: 0 };
  const follow: EventSource['follow'] = async function* (after, signal) {
    try {
      for (const each of events) {
        if (each.seq <= after) continue;
        seen.pulled++;
        yield each;
      }
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    } finally {
      seen.ended++;
    }
  };
  return { follow, seen, newest: async () => 0 };
}

const ok = async () => {};
const watch = { userId: testUserId, after: undefined, filter: {}, recheck: ok };

describe('the live feed', () => {
  it('begins after Last-Event-ID, keeps to the filter, and stays alive in silence', async () => {
    const clock = virtualClock();
    const events = source([event(1), event(2), event(3, 'image.deleted'), event(4)]);
    const stream = await new EventStreams(events, clock).open({
      ...watch,
      after: 1,
      filter: { kind: 'image.created' },
    });
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    await clock.settle();
    expect(text.match(/^id: \d+$/gm)).toEqual(['id: 2', 'id: 4']);
    expect(text).not.toContain('keep-alive');
    await clock.advance(16_000);
    expect(text).toContain(': keep-alive\n\n');
    stream.destroy();
  });

  it('ends within 2 s when the session has ended', async () => {
    const clock = virtualClock();
    const events = source([]);
    let good = true;
    const recheck = async () => {
      if (!good) throw new PlatformError('not-authenticated', 'The session has ended');
    };
    const stream = await new EventStreams(events, clock).open({ ...watch, recheck });
    let ended = false;
    stream.on('end', () => {
      ended = true;
    });
    stream.resume();
    await clock.advance(5_000);
    expect(ended).toBe(false);
    good = false;
    await clock.advance(2_000);
    expect(ended).toBe(true);
    expect(events.seen.ended).toBe(1);
  });

  it('fetches no more than its reader takes, and cuts off one that has stopped reading', async () => {
    const clock = virtualClock();
    const events = source(Array.from({ length: 10_000 }, (_, index) => event(index + 1)));
    const stream = await new EventStreams(events, clock).open(watch);
    stream.read();
    await clock.advance(1_000);
    expect(events.seen.pulled).toBeGreaterThan(0);
    expect(events.seen.pulled).toBeLessThan(1_000);
    await clock.advance(62_000);
    expect(stream.destroyed).toBe(true);
    expect(events.seen.ended).toBe(1);
  });

  it('is given so many times and no more', async () => {
    const streams = new EventStreams(source([]), virtualClock());
    const open = await Promise.all(Array.from({ length: 20 }, () => streams.open(watch)));
    await expect(streams.open(watch)).rejects.toMatchObject({ code: 'too-many-requests' });
    for (const stream of open) stream.destroy();
  });
});
