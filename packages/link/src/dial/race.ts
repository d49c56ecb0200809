/** Races several attempts with staggered starts (happy eyeballs, RFC 8305). */
import type { Clock } from '@zhiyun/kernel';
import { PlatformError } from '@zhiyun/kernel';

export interface RaceOptions<T> {
  headStartMs: number;
  clock: Clock;
  signal: AbortSignal;
  /** Disposes of a result that came too late. */
  discard: (late: T) => void;
}

/**
 * An attempt calls `reached` when something answers there: the other attempts then wait for its outcome, however slow.
 */
export type Attempt<T> = (signal: AbortSignal, reached: () => void) => Promise<T>;

/** One shared instance: an error with its own stack trace would cost each race as much as a connection. */
const over = new PlatformError('cancelled', 'Another attempt was faster.');

/**
 * Resolves with the first success and aborts the rest. A failure starts the next attempt at once. If all fail, throws
 * the most telling error: a refusal before a timeout. An aborted race rejects at once, whatever its attempts still do.
 */
export async function race<T>(
  attempts: readonly Attempt<T>[],
  { headStartMs, clock, signal, discard }: RaceOptions<T>,
): Promise<T> {
  const [only] = attempts;
  if (only && attempts.length === 1) return await only(signal, () => {});
  // One for all attempts, ended by hand: thousands race at once, and `AbortSignal.any` leaves what only the large collection of garbage clears.
  const ended = new AbortController();
  const running = ended.signal;
  const failures: unknown[] = [];
  const { promise: won, resolve } = Promise.withResolvers<{ value: T }>();
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<undefined>();
  const onAbort = () => {
    ended.abort(signal.reason);
    giveUp(undefined);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const runs: Promise<void>[] = [];
  try {
    for (const attempt of attempts) {
      let isReached = false;
      const reached = () => {
        isReached = true;
      };
      const run = attempt(running, reached).then(
        (value) => {
          if (running.aborted) return discard(value);
          ended.abort(over);
          resolve({ value });
        },
        (error: unknown) => void failures.push(error),
      );
      runs.push(run);
      const headStart = clock.sleep(headStartMs, running).catch(() => {});
      const next = headStart.then(() => (isReached ? run : undefined)).then(() => undefined);
      const winner = await Promise.race([won, run.then(() => undefined), next, givenUp]);
      if (winner) return winner.value;
      if (running.aborted) break;
    }
    const winner = await Promise.race([won, Promise.all(runs).then(() => undefined), givenUp]);
    if (winner) return winner.value;
    signal.throwIfAborted();
    throw failures.find((error) => !isSilence(error)) ?? failures[0];
  } finally {
    signal.removeEventListener('abort', onAbort);
    ended.abort(over);
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof PlatformError && (error.code === 'unavailable' || error.code === 'timeout');
}
