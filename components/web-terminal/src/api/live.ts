/**
 * Live changes. ONE feed serves the whole console: an event makes the cached answers of its subject stale, and those on the
 * screen are fetched again, at most once a second each. When the feed is cut, everything on the screen is fetched every few
 * seconds until it is back. A feed that falls silent is not believed: the platform is asked whether it is there at all.
 */
import type { QueryClient } from '@tanstack/react-query';
import { type Event, type EventFeedReset, type KindName, staleKinds } from '@zhiyun/contracts';
import { api } from './client.ts';
import { isNetworkError } from './errors.ts';
import { type OpenFeed, openFeed } from './feed-source.ts';
import { refetch } from './query-parts.ts';
import { sessionKey } from './session.ts';

const coalesceMs = 1_000;
const pollMs = 5_000;
/** A short cut (a proxy's restart, a laptop's nap) is not worth a banner. */
const graceMs = 3_000;
const retryMs = { first: 1_000, most: 15_000 } as const;

const watchMs = 2_000;
/** So long a feed may be silent before the platform is asked for a sign of life. */
const silentMs = 8_000;
/** The platform sends a keep-alive every 15 s: a feed without three of them leads nowhere any more. */
const deadMs = 50_000;
const signOfLifeMs = 5_000;

/** `lost`: the platform answers, but the feed is cut. `unreachable`: it does not answer. */
export type LiveState = 'connecting' | 'live' | 'lost' | 'unreachable';

/** Resolves when the platform answers, whatever it says. */
async function signOfLife(): Promise<void> {
  await api.getMe({ signal: AbortSignal.timeout(signOfLifeMs) }).catch((error: unknown) => {
    if (isNetworkError(error)) throw error;
  });
}

export interface LiveOptions {
  client: QueryClient;
  /** For tests. */
  open?: OpenFeed;
  signOfLife?: () => Promise<void>;
}

/** Starts at construction; ends when disposed. */
export class LiveFeed implements Disposable {
  readonly #client: QueryClient;
  readonly #open: OpenFeed;
  readonly #signOfLife: () => Promise<void>;
  readonly #listeners = new Set<() => void>();
  readonly #stale = new Set<KindName>();
  #state: LiveState = 'connecting';
  #close: (() => void) | undefined;
  #wasOpen = false;
  #failures = 0;
  #lastSeq: number | undefined;
  /** When anything last came by the feed; and when the platform last answered otherwise. */
  #heardAt = Date.now();
  #answeredAt = 0;
  #asking = false;
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #losing: ReturnType<typeof setTimeout> | undefined;
  #polling: ReturnType<typeof setInterval> | undefined;
  #watching: ReturnType<typeof setInterval>;

  constructor(options: LiveOptions) {
    this.#client = options.client;
    this.#open = options.open ?? openFeed;
    this.#signOfLife = options.signOfLife ?? signOfLife;
    this.#watching = setInterval(() => this.#watch(), watchMs);
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
    this.#close?.();
    clearTimeout(this.#flushing);
    clearTimeout(this.#retrying);
    clearTimeout(this.#losing);
    clearInterval(this.#polling);
    clearInterval(this.#watching);
    this.#listeners.clear();
  }

  #connect(): void {
    clearTimeout(this.#retrying);
    this.#close?.();
    this.#close = this.#open(this.#lastSeq, {
      opened: () => this.#opened(),
      heard: () => {
        this.#heardAt = Date.now();
      },
      event: (data) => this.#heard(JSON.parse(data) as Event | EventFeedReset),
      ended: () => this.#ended(),
    });
  }

  #opened(): void {
    const isFirst = !this.#wasOpen;
    const wasCut = this.#failures > 0;
    this.#wasOpen = true;
    this.#failures = 0;
    this.#heardAt = Date.now();
    this.#found();
    this.#become('live');
    // What was asked before the first feed began may have changed in between, and no event tells of it.
    if (wasCut || isFirst) this.#refetchAll({ cancelRefetch: isFirst });
  }

  /** A reset: what we went on from is not known any more, so whatever is shown may be out of date, and numbers begin anew. */
  #heard(message: Event | EventFeedReset): void {
    if ('reset' in message) {
      this.#lastSeq = message.seq;
      this.#refetchAll();
    } else this.#received(message);
  }

  #received(event: Event): void {
    // What comes twice, because the feed began anew, is told once.
    if (event.seq <= (this.#lastSeq ?? 0)) return;
    this.#lastSeq = event.seq;
    for (const kind of staleKinds(event)) this.#stale.add(kind);
    this.#flushing ??= setTimeout(() => {
      this.#flushing = undefined;
      const kinds = [...this.#stale];
      this.#stale.clear();
      void refetch(this.#client, ...kinds);
    }, coalesceMs);
  }

  #ended(): void {
    this.#close = undefined;
    this.#failures++;
    this.#losing ??= setTimeout(() => this.#state !== 'unreachable' && this.#lose('lost'), graceMs);
    // Perhaps the session has ended.
    void this.#client.invalidateQueries({ queryKey: sessionKey });
    const delay = Math.min(retryMs.most, retryMs.first * 2 ** Math.min(this.#failures - 1, 6));
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => this.#connect(), delay);
  }

  /** The keep-alives have stopped: is it the feed, the platform, or the way to it? */
  #watch(): void {
    const now = Date.now();
    if (this.#state === 'live' && this.#close && now - this.#heardAt > deadMs) {
      this.#close();
      this.#ended();
    } else if (this.#state !== 'unreachable' && now - Math.max(this.#heardAt, this.#answeredAt) > silentMs) this.#ask();
  }

  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#signOfLife()
      .then(
        () => {
          this.#answeredAt = Date.now();
          if (this.#state !== 'unreachable') return;
          this.#become('lost');
          this.#failures ||= 1;
          this.#connect();
        },
        () => this.#lose('unreachable'),
      )
      .finally(() => {
        this.#asking = false;
      });
  }

  #lose(state: 'lost' | 'unreachable'): void {
    this.#become(state);
    this.#polling ??= setInterval(() => {
      this.#refetchAll();
      this.#ask();
    }, pollMs);
    if (state === 'lost') this.#ask();
  }

  #found(): void {
    clearTimeout(this.#losing);
    clearInterval(this.#polling);
    this.#losing = undefined;
    this.#polling = undefined;
  }

  /** What is under way is waited for: a slow platform would otherwise never get to answer. */
  #refetchAll(how = { cancelRefetch: false }): void {
    const predicate = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== sessionKey[0];
    void this.#client.invalidateQueries({ predicate }, how);
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
