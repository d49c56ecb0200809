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
  const known = async () => ({ oldest: events[0]?.seq, newest: events.at(-1)?.seq });
  return { follow, seen, known, newest: async () => 0 };
}

const ok = async () => {};
const watch = { userId: testUserId, after: undefined, filter: { reader: undefined }, recheck: ok };

describe('the live feed', () => {
  it('begins after Last-Event-ID, keeps to the filter, and stays alive in silence', async () => {
    const clock = virtualClock();
    const events = source([event(1), event(2), event(3, 'image.deleted'), event(4)]);
    const stream = await new EventStreams(events, clock).open({
      ...watch,
      after: 1,
      filter: { kind: 'image.created', reader: undefined },
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

  /** The first words to a reader that goes on after `after`, where events 4 and 5 are kept. */
  async function opening(after: number): Promise<string> {
    const clock = virtualClock();
    const kept = { ...source([event(4), event(5)]), newest: async () => 5 };
    const stream = await new EventStreams(kept, clock).open({ ...watch, after });
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    await clock.settle();
    stream.destroy();
    return text;
  }

  it.each([
    ['from a later database', 7],
    ['too long ago', 2],
  ])('tells a reader whose number is %s to read afresh, and goes on from now', async (_, after) => {
    expect(await opening(after)).toBe(': connected\n\nevent: reset\nid: 5\ndata: {"reset":true,"seq":5}\n\n');
  });

  it('says no word of it to a reader who has missed nothing', async () => {
    expect((await opening(3)).match(/^id: \d$/gm)).toEqual(['id: 4', 'id: 5']);
    expect(await opening(5)).toBe(': connected\n\n');
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
