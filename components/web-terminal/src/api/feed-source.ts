/**
 * Reads the live feed (SSE) of the platform. By `fetch` rather than EventSource, which keeps two things to itself that we need:
 * the keep-alives, without which a platform that hangs looks like one where nothing happens; and why a feed was refused.
 */
import { apiPrefix } from '@zhiyun/contracts/rest';

export interface FeedHandlers {
  opened(): void;
  /** Bytes have come: events or a keep-alive. */
  heard(): void;
  event(data: string): void;
  /** Once, whatever the reason, unless it was closed by us. */
  ended(): void;
}

/** Begins after the event of that number; without one, from now on. Gives back how to close it. */
export type OpenFeed = (after: number | undefined, handlers: FeedHandlers) => () => void;

/** Events from pieces of text as they come; a piece may end in the middle of a line. */
export function feedParser(event: (data: string) => void): (piece: string) => void {
  let rest = '';
  let data: string[] = [];
  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
      if (line !== '' || data.length === 0) continue;
      event(data.join('\n'));
      data = [];
    }
  };
}

/** How long the platform may take to begin the feed. */
const openingMs = 10_000;

export const openFeed: OpenFeed = (after, handlers) => {
  const closing = new AbortController();
  const opening = setTimeout(() => closing.abort(), openingMs);
  let closed = false;

  async function read(): Promise<void> {
    const response = await fetch(`${apiPrefix}/events`, {
      headers: {
        accept: 'text/event-stream',
        ...(after === undefined ? {} : { 'last-event-id': String(after) }),
      },
      cache: 'no-store',
      signal: closing.signal,
    });
    clearTimeout(opening);
    const isFeed = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!response.ok || !isFeed || !response.body) {
      await response.body?.cancel();
      return;
    }
    handlers.opened();
    const parse = feedParser(handlers.event);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      handlers.heard();
      parse(value);
    }
  }

  void read()
    // Cut, refused or too late: all are an end, after which it is tried again.
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(opening);
      if (!closed) handlers.ended();
    });
  return () => {
    closed = true;
    closing.abort();
  };
};
