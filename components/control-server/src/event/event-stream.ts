/**
 * The live feed (SSE) of `GET /events`: everything after `Last-Event-ID`, then what happens, as long as the session is
 * good. A client that reads slowly is waited for, never buffered for; one that stops reading is cut off.
 */

import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { type Event, eventSchema, type listEventsQuerySchema, say, type UserId } from '@zhiyun/contracts';
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

type Filter = Pick<z.output<typeof listEventsQuerySchema>, 'kind' | 'severity' | 'subjectKind' | 'subject'>;

export interface EventSource {
  /** Events after `after` and all that follow, in order, until the signal. */
  follow: (after: number, signal: AbortSignal) => AsyncIterable<Event>;
  /** Number of the newest event; nothing that happens from now on has a lower one. */
  newest: () => Promise<number>;
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
    const after = request.after ?? (await this.#source.newest());
    this.#refuseTooMany(request.userId);
    const clock = this.#clock;
    const ending = new AbortController();
    const pulled = { atMs: clock.monotonicMs() };
    const events = this.#source.follow(after, ending.signal);
    const text = frames(events, request.filter, clock, ending.signal, pulled);
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

  #refuseTooMany(userId: UserId): void {
    const own = [...this.#open.values()].filter((stream) => stream.userId === userId).length;
    if (own < maxStreamsPerUser && this.#open.size < maxStreams) return;
    throw new PlatformError(
      'too-many-requests',
      say('rest.too-many-feeds', { perUser: maxStreamsPerUser, total: maxStreams }),
    );
  }
}

/** Text of the feed. Pulled by the reader: while nobody pulls, no event is fetched. */
async function* frames(
  events: AsyncIterable<Event>,
  filter: Filter,
  clock: Clock,
  signal: AbortSignal,
  pulled: { atMs: number },
): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    yield ': connected\n\n';
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

/** `undefined` when nothing came for so long that the connection needs a sign of life. */
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
    (filter.kind === undefined || event.kind === filter.kind) &&
    (filter.severity === undefined || event.severity === filter.severity) &&
    (filter.subjectKind === undefined || event.subject.kind === filter.subjectKind) &&
    (filter.subject === undefined || event.subject.id === filter.subject)
  );
}

function frame(event: Event): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(eventSchema.parse(event))}\n\n`;
}
