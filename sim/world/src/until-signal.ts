/**
 * Runs a program whose parts outlive it (PostgreSQL is detached): SIGINT, SIGTERM and SIGHUP dispose of them once, whether they are
 * starting, at work or ending already.
 */
import { once } from 'node:events';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is starting is waited for: half of it cannot be disposed of. Exits with 1 after a signal. */
export async function untilSignal<T extends AsyncDisposable>(
  start: () => Promise<T>,
  run: (running: T) => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const signal of signals) process.on(signal, end);
  try {
    await using running = await start();
    if (!ending.signal.aborted) await Promise.race([run(running), once(ending.signal, 'abort')]);
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
  // What was at work when the signal came may hold the process for ever.
  if (ending.signal.aborted) process.exit(1);
}
