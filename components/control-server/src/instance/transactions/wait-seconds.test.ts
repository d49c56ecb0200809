import { expect, test } from 'vitest';
import { waitSeconds } from './order-transaction.ts';

test("a guest's time to shut down does not begin anew when the platform was killed", () => {
  const params = { timeoutSeconds: 30, orderedAtMs: 1_000_000 };
  expect(waitSeconds(params, 1_000_000)).toBe(30);
  expect(waitSeconds(params, 1_012_300)).toBe(18);
  // The time is up: it is asked once more, for as short as may be.
  expect(waitSeconds(params, 1_400_000)).toBe(1);
  // The clock was put back.
  expect(waitSeconds(params, 900_000)).toBe(30);
  // Of an operation that an older release began.
  expect(waitSeconds({ timeoutSeconds: 30 }, 1_400_000)).toBe(30);
});
