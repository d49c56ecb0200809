/**
 * Opening a console: a fresh single-use ticket for every attempt, then a WebSocket. What is at its end (a screen, a terminal)
 * is the caller's.
 */
import type { ConsoleTicket } from '@zhiyun/contracts';
import { useEffect, useRef, useState } from 'react';

export type ConsoleState = 'connecting' | 'connected' | 'disconnected' | 'failed';

/** A ticket's address may be relative to the page. */
export function webSocketUrl(ticket: Pick<ConsoleTicket, 'url'>, page: string = window.location.href): string {
  const url = new URL(ticket.url, page);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  return url.href;
}

export interface ConsoleAttempt {
  url: string;
  connected(): void;
  disconnected(): void;
}

export interface ConsoleLinkOptions {
  /** False: there is nothing to connect to (the instance does not run). */
  enabled: boolean;
  /** Changes with what is connected to. */
  id: string;
  ticket: (signal: AbortSignal) => Promise<ConsoleTicket>;
  /** Opens the console at the address; gives back how to close it. */
  open: (attempt: ConsoleAttempt) => () => void;
}

export interface ConsoleLink {
  state: ConsoleState;
  error: unknown;
  reconnect: () => void;
}

export function useConsoleLink({ enabled, id, ticket, open }: ConsoleLinkOptions): ConsoleLink {
  const [state, setState] = useState<ConsoleState>('connecting');
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const latest = useRef({ ticket, open });
  latest.current = { ticket, open };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt or another instance connects anew
  useEffect(() => {
    if (!enabled) return;
    const ending = new AbortController();
    let close: (() => void) | undefined;
    setState('connecting');
    setError(undefined);
    const report = (next: ConsoleState) => {
      if (!ending.signal.aborted) setState(next);
    };
    latest.current
      .ticket(ending.signal)
      .then((given) => {
        if (ending.signal.aborted) return;
        close = latest.current.open({
          url: webSocketUrl(given),
          connected: () => report('connected'),
          disconnected: () => report('disconnected'),
        });
      })
      .catch((failure: unknown) => {
        if (ending.signal.aborted) return;
        setError(failure);
        setState('failed');
      });
    return () => {
      ending.abort();
      close?.();
    };
  }, [enabled, id, attempt]);

  return { state, error, reconnect: () => setAttempt((count) => count + 1) };
}

/** Both consoles take every key; this chord gives the keyboard back to the page. */
export function isLeaveChord(event: Pick<KeyboardEvent, 'ctrlKey' | 'altKey' | 'shiftKey' | 'key'>): boolean {
  return event.ctrlKey && event.altKey && event.shiftKey && ['Control', 'Alt', 'Shift'].includes(event.key);
}
