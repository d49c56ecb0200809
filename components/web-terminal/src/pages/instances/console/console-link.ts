/**
 * A console that stays: a fresh single-use ticket for every attempt, then a WebSocket; when that is cut, because the guest
 * reboots or the platform restarts, it is tried again until it is back. What is at its end (a screen, a terminal) is the
 * caller's.
 */
import type { ConsoleTicket } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import { useEffect, useRef, useState } from 'react';

export type ConsoleState = 'connecting' | 'connected' | 'reconnecting' | 'failed';

/** A ticket's address may be relative to the page. */
export function webSocketUrl(ticket: Pick<ConsoleTicket, 'url'>, page: string = window.location.href): string {
  const url = new URL(ticket.url, page);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  return url.href;
}

const delaysMs = [300, 1_000, 2_000, 4_000, 5_000] as const;
/** A connection that held so long was a good one: the next cut is a new matter. */
const goodMs = 5_000;
/** From this attempt on it is said why it fails. */
const saidFrom = 3;

export function retryDelayMs(failures: number): number {
  return delaysMs[Math.min(failures, delaysMs.length - 1)] ?? delaysMs[0];
}

const lasting: readonly string[] = ['forbidden', 'not-found', 'not-authenticated'];

/** No use in trying again. */
export function isLasting(error: unknown): boolean {
  return error instanceof RestError && lasting.includes(error.problem.code);
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
  /** Why it failed, or why the last few attempts did. */
  error: unknown;
  /** At once, rather than when it would be tried again. */
  reconnect: () => void;
}

/** Runs until the signal: connects, waits for the end, tries again. */
async function keepConnected(
  { ticket, open }: Pick<ConsoleLinkOptions, 'ticket' | 'open'>,
  signal: AbortSignal,
  report: (state: ConsoleState, error?: unknown) => void,
): Promise<void> {
  let failures = 0;
  report('connecting');
  while (!signal.aborted) {
    let failure: unknown;
    try {
      const given = await ticket(signal);
      if (signal.aborted) return;
      const connectedAt = await connection(webSocketUrl(given), open, signal, () => report('connected'));
      if (connectedAt !== undefined && Date.now() - connectedAt >= goodMs) failures = 0;
    } catch (error) {
      failure = error;
    }
    if (signal.aborted) return;
    if (isLasting(failure)) return report('failed', failure);
    report('reconnecting', failures >= saidFrom ? failure : undefined);
    await pause(retryDelayMs(failures++), signal);
  }
}

/** Resolves when the connection has ended: when it had come about, if it had. */
function connection(
  url: string,
  open: ConsoleLinkOptions['open'],
  signal: AbortSignal,
  onConnected: () => void,
): Promise<number | undefined> {
  return new Promise((ended) => {
    let connectedAt: number | undefined;
    const finish = () => {
      signal.removeEventListener('abort', leave);
      ended(connectedAt);
    };
    const close = open({
      url,
      connected() {
        connectedAt = Date.now();
        if (!signal.aborted) onConnected();
      },
      disconnected: finish,
    });
    const leave = () => {
      close();
      finish();
    };
    signal.addEventListener('abort', leave);
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}

export function useConsoleLink({ enabled, id, ticket, open }: ConsoleLinkOptions): ConsoleLink {
  const [state, setState] = useState<ConsoleState>('connecting');
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const latest = useRef({ ticket, open });
  latest.current = { ticket, open };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a wish to reconnect, or another instance, begins anew
  useEffect(() => {
    if (!enabled) return;
    const ending = new AbortController();
    const current: Pick<ConsoleLinkOptions, 'ticket' | 'open'> = {
      ticket: (signal) => latest.current.ticket(signal),
      open: (given) => latest.current.open(given),
    };
    void keepConnected(current, ending.signal, (next, failure) => {
      setState(next);
      setError(failure);
    });
    return () => ending.abort();
  }, [enabled, id, attempt]);

  return { state, error, reconnect: () => setAttempt((count) => count + 1) };
}

/** Both consoles take every key; this chord gives the keyboard back to the page. */
export function isLeaveChord(event: Pick<KeyboardEvent, 'ctrlKey' | 'altKey' | 'shiftKey' | 'key'>): boolean {
  return event.ctrlKey && event.altKey && event.shiftKey && ['Control', 'Alt', 'Shift'].includes(event.key);
}
