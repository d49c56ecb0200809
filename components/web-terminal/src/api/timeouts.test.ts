import { expect, it } from 'vitest';
import { isTimeout } from './errors.ts';
import { withTimeout } from './timeouts.ts';

/** Never answers, as a stopped process: only the signal ends it. */
const hangs: typeof fetch = (_input, init) =>
  new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));

it('ends a request that is not answered, and says so', async () => {
  const send = withTimeout(hangs, { read: 5, change: 10 } as never);
  for (const method of ['GET', 'POST']) {
    const error = await send('http://127.0.0.1/', { method }).catch((caught: unknown) => caught);
    expect(isTimeout(error)).toBe(true);
  }
});

it('still ends when the caller wants no answer any more', async () => {
  const leaving = new AbortController();
  const asked = withTimeout(hangs)('http://127.0.0.1/', { signal: leaving.signal });
  leaving.abort(new Error('left'));
  await expect(asked).rejects.toThrow('left');
});
