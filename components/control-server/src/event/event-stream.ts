/**
 * Live feed (SSE) of `GET /events`: everything after `Last-Event-ID`, then live, as long as the session is valid.
 * Back-pressure instead of buffering: a slow client is waited for, one that stops reading is disconnected.
 */

import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import {
  type Event,
  eventFeedResetSchema,
  eventSchema,
  type listEventsQuerySchema,
  ownedKinds,
  say,
  type UserId,
} from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { z } from 'zod';
import { wrongHeader } from '../rest/validation.ts';

export const eventStreamType = 'text/event-stream';
const keepAliveMs = 15_000;
const recheckMs = 1_000;
const stalledMs = 60_000;
const maxStreams = 500;
/** All tabs of all browsers of one user. */
const maxStreamsPerUser = 20;

interface Filter extends Pick<z.output<typeof listEventsQuerySchema>, 'kind' | 'severity' | 'subjectKind' | 'subject'> {
  /** As of the list: `eventReader`. */
  reader: UserId | undefined;
}

export interface EventSource {
  /** Events after `after` and all that follow, in order, until the signal. */
  follow: (after: number, signal: AbortSignal) => AsyncIterable<Event>;
  /** Number of the newest event; nothing that happens from now on has a lower one. */
  newest: () => Promise<number>;
  /** Of all that are kept; undefined when there is none. */
  known: () => Promise<{ oldest: number | undefined; newest: number | undefined }>;
}

export interface EventStreamRequest {
  userId: UserId;
  /** Undefined: from now on. */
  after: number | undefined;
  filter: Filter;
  /** Throws once the asker may not see events any more. */
  recheck: () => Promise<unknown>;
}

export function wantsEventStream(headers: IncomingHttpHeaders): boolean {
  return headers.accept?.includes(eventStreamType) ?? false;
}

/** `Last-Event-ID`, as a browser sends it when it comes back. */
export function lastEventId(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['last-event-id'];
  if (value === undefined || value === '') return undefined;
  const seq = Number(value);
  if (Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw wrongHeader('Last-Event-ID', say('field.whole-number-least', { value: 0 }));
}

export class EventStreams {
  readonly #source: EventSource;
  readonly #clock: Clock;
  readonly #open = new Map<Readable, { userId: UserId; end: () => void }>();

  constructor(source: EventSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Once this has resolved no event is missed, so that a reader may now fetch the present state. */
  async open(request: EventStreamRequest): Promise<Readable> {
    const missed = request.after !== undefined && !(await this.#isKnown(request.after));
    const after = request.after === undefined || missed ? await this.#source.newest() : request.after;
    this.#refuseTooMany(request.userId);
    const clock = this.#clock;
    const ending = new AbortController();
    const pulled = { atMs: clock.monotonicMs() };
    const events = this.#source.follow(after, ending.signal);
    const opening = missed ? resetFrame(after) : '';
    const text = frames(opening, events, request.filter, clock, ending.signal, pulled);
    const stream: Readable = new Readable({
      read() {
        text.next().then(
          ({ value, done }) => stream.push(done ? null : value),
          (error) => stream.destroy(error),
        );
      },
      destroy(error, done) {
        ending.abort();
        text.return(undefined).then(() => done(error), done);
      },
    });
    const watch = clock.every(recheckMs, () => {
      request.recheck().catch(() => ending.abort());
      if (clock.monotonicMs() - pulled.atMs > stalledMs) stream.destroy();
    });
    this.#open.set(stream, { userId: request.userId, end: () => ending.abort() });
    stream.once('close', () => {
      watch[Symbol.dispose]();
      this.#open.delete(stream);
    });
    return stream;
  }

  /** Ends every feed, so that a stopping server is not held up by its watchers. */
  [Symbol.dispose](): void {
    for (const { end } of this.#open.values()) end();
  }

  /**
   * Can it be gone on from there? Not from a number that was never given (the database was restored to an earlier state), nor from one so
   * old that events after it are forgotten.
   */
  async #isKnown(after: number): Promise<boolean> {
    const { oldest, newest } = await this.#source.known();
    if (oldest === undefined || newest === undefined) return after === 0;
    return after <= newest && after >= oldest - 1;
  }

  #refuseTooMany(userId: UserId): void {
    const own = [...this.#open.values()].filter((stream) => stream.userId === userId).length;
    if (own < maxStreamsPerUser && this.#open.size < maxStreams) return;
    throw new PlatformError(
      'too-many-requests',
      say('rest.too-many-feeds', { perUser: maxStreamsPerUser, total: maxStreams }),
    );
  }
}

/** Text of the feed. Pull-based: no event is fetched until the reader wants one. */
async function* frames(
  opening: string,
  events: AsyncIterable<Event>,
  filter: Filter,
  clock: Clock,
  signal: AbortSignal,
  pulled: { atMs: number },
): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    yield `: connected\n\n${opening}`;
    let next: Promise<IteratorResult<Event>> | undefined;
    while (!signal.aborted) {
      pulled.atMs = clock.monotonicMs();
      next ??= iterator.next();
      const result = await orSilence(next, clock);
      if (result === undefined) {
        yield ': keep-alive\n\n';
        continue;
      }
      if (result.done) return;
      next = undefined;
      if (matches(result.value, filter)) yield frame(result.value);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await iterator.return?.();
  }
}

/** `undefined` when nothing came for so long that the connection needs a keepalive. */
async function orSilence<T>(next: Promise<T>, clock: Clock): Promise<T | undefined> {
  const waiting = new AbortController();
  const silence = clock.sleep(keepAliveMs, waiting.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([next, silence]);
  } finally {
    waiting.abort();
  }
}

function matches(event: Event, filter: Filter): boolean {
  return (
    (filter.reader === undefined || !ownedKinds.includes(event.subject.kind) || event.actor?.id === filter.reader) &&
    (filter.kind === undefined || event.kind === filter.kind) &&
    (filter.severity === undefined || event.severity === filter.severity) &&
    (filter.subjectKind === undefined || event.subject.kind === filter.subjectKind) &&
    (filter.subject === undefined || event.subject.id === filter.subject)
  );
}

/** What the reader knows is out of date, and its number leads nowhere: everything is to be read afresh, and gone on from here. */
function resetFrame(seq: number): string {
  return `event: reset\nid: ${seq}\ndata: ${JSON.stringify(eventFeedResetSchema.parse({ reset: true, seq }))}\n\n`;
}

function frame(event: Event): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(eventSchema.parse(event))}\n\n`;
}
