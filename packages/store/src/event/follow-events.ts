/**
 * Live feed (fan-out). A process has one listener and one reader however many followers; recent events are buffered in
 * memory, and a slow follower catches up from rows, so that it slows nobody down.
 */
import type { Event } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import type { Store } from '../open-store.ts';
import { eventChannel, eventOf } from './event-rows.ts';
import { gapPollMs, SettledEvents } from './settled-events.ts';

/** Polling fallback, because a notification may be lost. */
const pollMs = 2_000;
const keptEvents = 1_000;
const catchUpBatch = 500;

const feeds = new WeakMap<Store, EventFeed>();

/**
 * Events after `afterSeq` (`undefined`: from now on), in order, exactly once, until aborted. Ends when the database was
 * restored to an earlier state, whose numbers restart. Throws `database-unavailable` only while catching up.
 */
export function followEvents(store: Store, afterSeq: number | undefined, signal: AbortSignal): AsyncIterable<Event> {
  const feed = feeds.get(store) ?? new EventFeed(store);
  feeds.set(store, feed);
  return feed.follow(afterSeq, signal);
}

class EventFeed {
  readonly #store: Store;
  #running: { stop: AbortController; ready: Promise<void> } | undefined;
  #followers = 0;
  /** Buffered events: above `#floor`, up to `#settled`. */
  #recent: Event[] = [];
  #floor = 0;
  #settled = 0;
  /** Generation: counts restores of the database to an earlier state. */
  #epoch = 0;
  #advanced = Promise.withResolvers<void>();

  constructor(store: Store) {
    this.#store = store;
  }

  async *follow(afterSeq: number | undefined, signal: AbortSignal): AsyncGenerator<Event> {
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener('abort', onAbort);
    this.#followers++;
    try {
      await Promise.race([this.#start(), aborted.promise]);
      let cursor = afterSeq ?? this.#settled;
      const epoch = this.#epoch;
      while (!signal.aborted && epoch === this.#epoch) {
        const { promise: advanced } = this.#advanced;
        if (cursor >= this.#settled) await Promise.race([advanced, aborted.promise]);
        for (const event of await this.#after(cursor)) {
          if (signal.aborted) return;
          yield event;
          cursor = event.seq;
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (--this.#followers === 0) this.#stop();
    }
  }

  async #after(cursor: number): Promise<Event[]> {
    if (cursor >= this.#floor) return this.#recent.filter((event) => event.seq > cursor);
    const rows = await this.#store.db
      .selectFrom('event')
      .selectAll()
      .where('seq', '>', cursor)
      .where('seq', '<=', this.#settled)
      .orderBy('seq')
      .limit(catchUpBatch)
      .execute();
    return rows.map(eventOf);
  }

  /** Resolves when the feed's starting point is fixed. */
  #start(): Promise<void> {
    if (!this.#running) {
      const stop = new AbortController();
      const ready = Promise.withResolvers<void>();
      this.#running = { stop, ready: ready.promise };
      void this.#run(stop.signal, ready.resolve);
    }
    return this.#running.ready;
  }

  #stop(): void {
    this.#running?.stop.abort();
    this.#running = undefined;
  }

  async #run(signal: AbortSignal, onReady: () => void): Promise<void> {
    let bell = Promise.withResolvers<void>();
    const ring = () => bell.resolve();
    signal.addEventListener('abort', ring, { once: true });
    const listening = await this.#store.listen(eventChannel, ring, ring);
    let reader: SettledEvents | undefined;
    while (!signal.aborted) {
      bell = Promise.withResolvers<void>();
      let waitMs = pollMs;
      try {
        if (!reader) {
          reader = await SettledEvents.fromNow(this.#store);
          if (signal.aborted) break;
          this.#begin(reader.settled);
          onReady();
        }
        const { events, gap } = await reader.read();
        if (signal.aborted) break;
        if (events.length > 0) {
          this.#advance(events, reader.settled);
          continue;
        }
        if (gap) waitMs = gapPollMs;
        else if (await reader.wentBack()) {
          reader = undefined;
          this.#epoch++;
          this.#wake();
          continue;
        }
      } catch {
        // The database is away: whoever asks it for something reports that; here we only wait for it.
      }
      await pause(waitMs, bell.promise);
    }
    await listening[Symbol.asyncDispose]();
  }

  #begin(settled: number): void {
    this.#recent = [];
    this.#floor = settled;
    this.#settled = settled;
  }

  #advance(events: Event[], settled: number): void {
    this.#recent.push(...events);
    const dropped = this.#recent.splice(0, Math.max(0, this.#recent.length - keptEvents));
    this.#floor = dropped.at(-1)?.seq ?? this.#floor;
    this.#settled = settled;
    this.#wake();
  }

  #wake(): void {
    this.#advanced.resolve();
    this.#advanced = Promise.withResolvers<void>();
  }
}

/** Waits for the notification, at most `ms`. */
async function pause(ms: number, bell: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([bell, systemClock.sleep(ms, over.signal).catch(() => {})]);
  over.abort();
}
