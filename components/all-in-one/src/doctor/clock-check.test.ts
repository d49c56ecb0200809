import { expect, test } from 'vitest';
import { judgeClock } from './clock-check.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const hour = 3600_000;

test('a clock that stands in the past, or was ahead when the home was written to, is named', () => {
  expect(judgeClock({ now: 0, lastWritten: undefined, synchronised: false })).toMatchObject({
    status: 'missing',
    detail: expect.stringContaining('1970'),
  });
  expect(judgeClock({ now, lastWritten: now + 8 * hour, synchronised: true })).toMatchObject({
    status: 'missing',
    detail: expect.stringContaining('2026-12-01T20:00'),
  });
});

test('a clock that nobody keeps right is a limit, one that somebody does is none', () => {
  const lastWritten = now - hour;
  expect(judgeClock({ now, lastWritten, synchronised: undefined }).status).toBe('limited');
  expect(judgeClock({ now, lastWritten, synchronised: false }).status).toBe('limited');
  expect(judgeClock({ now, lastWritten, synchronised: true })).toMatchObject({ status: 'ok', mend: null });
});
