/**
 * Live changes. ONE EventSource feeds the whole console: an event makes the cached answers of its subject stale, and those on
 * the screen are fetched again, at most once a second each. When the feed is cut, everything on the screen is fetched every
 * few seconds until it is back.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { Event, TargetKind } from '@zhiyun/contracts';
import { apiPrefix } from '@zhiyun/contracts/rest';
import { sessionKey } from './session.ts';

const coalesceMs = 1_000;
const pollMs = 5_000;
/** A short cut (a proxy's restart, a laptop's nap) is not worth a banner. */
const graceMs = 3_000;
const retryMs = { first: 1_000, most: 15_000 } as const;

const staleBySubject: Record<TargetKind, readonly string[]> = {
  instance: ['instances', 'system', 'pools', 'nodes'],
  image: ['images', 'system'],
  node: ['nodes', 'pools', 'system', 'components', 'links'],
  component: ['components', 'links', 'nodes', 'system', 'join-tokens'],
  'compute-pool': ['pools', 'nodes', 'instances'],
  user: [],
  system: ['system'],
};

/** Which cached answers an event makes stale, by the first word of their keys. */
export function staleKeys(event: Pick<Event, 'kind' | 'subject' | 'operation'>): string[] {
  const keys = new Set(['events', ...staleBySubject[event.subject.kind]]);
  if (event.kind.startsWith('join-token.')) keys.add('join-tokens');
  if (event.operation !== null || event.kind.startsWith('operation.')) keys.add('operations').add('system');
  return [...keys];
}

export type LiveState = 'connecting' | 'live' | 'lost';

export interface LiveOptions {
  client: QueryClient;
  /** For tests. */
  open?: (url: string) => EventSource;
}

/** Starts at construction; ends when disposed. */
export class LiveFeed implements Disposable {
  readonly #client: QueryClient;
  readonly #open: (url: string) => EventSource;
  readonly #listeners = new Set<() => void>();
  readonly #stale = new Set<string>();
  #state: LiveState = 'connecting';
  #source: EventSource | undefined;
  #failures = 0;
  #lastSeq = 0;
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #losing: ReturnType<typeof setTimeout> | undefined;
  #polling: ReturnType<typeof setInterval> | undefined;

  constructor(options: LiveOptions) {
    this.#client = options.client;
    this.#open = options.open ?? ((url) => new EventSource(url));
    this.#connect();
  }

  get state(): LiveState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  [Symbol.dispose](): void {
    this.#source?.close();
    clearTimeout(this.#flushing);
    clearTimeout(this.#retrying);
    clearTimeout(this.#losing);
    clearInterval(this.#polling);
    this.#listeners.clear();
  }

  #connect(): void {
    const source = this.#open(`${apiPrefix}/events`);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onmessage = ({ data }: MessageEvent<string>) => this.#received(JSON.parse(data) as Event);
    source.onerror = () => this.#failed(source);
  }

  #opened(): void {
    const wasCut = this.#failures > 0;
    this.#failures = 0;
    clearTimeout(this.#losing);
    clearInterval(this.#polling);
    this.#losing = undefined;
    this.#polling = undefined;
    this.#become('live');
    if (wasCut) this.#refetchAll();
  }

  #received(event: Event): void {
    // The browser comes back with Last-Event-ID; what it gets twice is told once.
    if (event.seq <= this.#lastSeq) return;
    this.#lastSeq = event.seq;
    for (const key of staleKeys(event)) this.#stale.add(key);
    this.#flushing ??= setTimeout(() => {
      this.#flushing = undefined;
      const keys = [...this.#stale];
      this.#stale.clear();
      for (const key of keys) void this.#client.invalidateQueries({ queryKey: [key] });
    }, coalesceMs);
  }

  #failed(source: EventSource): void {
    this.#failures++;
    this.#losing ??= setTimeout(() => {
      this.#become('lost');
      this.#polling = setInterval(() => this.#refetchAll(), pollMs);
    }, graceMs);
    // The browser itself comes back after a cut, but gives up after an answer that is not a feed.
    if (source.readyState !== EventSource.CLOSED) return;
    // It does not say why: perhaps the session has ended.
    void this.#client.invalidateQueries({ queryKey: sessionKey });
    const delay = Math.min(retryMs.most, retryMs.first * 2 ** Math.min(this.#failures, 6));
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => this.#connect(), delay);
  }

  #refetchAll(): void {
    void this.#client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
