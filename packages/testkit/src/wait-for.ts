import { setTimeout as sleep } from 'node:timers/promises';

type Falsy = undefined | null | false | 0 | '';

/**
 * Waits until `condition` gives something truthy, and gives that. A condition that throws is not true yet. Throws after
 * `timeoutMs` (default 30 s: a limit for what hangs, not a figure) saying what was waited for and what was last seen.
 */
export async function waitFor<T>(
  condition: () => T | Falsy | Promise<T | Falsy>,
  options: { timeoutMs?: number; describe?: string } = {},
): Promise<T> {
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`Waited in vain for ${options.describe ?? condition}; last: ${String(last)}`, { cause: last });
    await sleep(5);
  }
}
