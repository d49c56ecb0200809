import { createTestStore, waitFor } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { acquireLease, releaseLease, renewLease } from './lease.ts';

test('one holder at a time, and the epoch grows with each', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const first = await acquireLease(store, 'leader', 'a', 60_000);
  expect(first).toEqual({ name: 'leader', holder: 'a', epoch: 1 });
  expect(await acquireLease(store, 'leader', 'b', 60_000)).toBeUndefined();
  if (!first) return;
  expect(await renewLease(store, first, 60_000)).toBe(true);

  const reborn = await acquireLease(store, 'leader', 'a', 60_000);
  expect(reborn?.epoch).toBe(2);
  expect(await renewLease(store, first, 60_000), 'the former life is fenced off').toBe(false);

  if (reborn) await releaseLease(store, reborn);
  expect((await acquireLease(store, 'leader', 'b', 60_000))?.epoch).toBe(3);
});

test('a lease that has run out cannot be renewed, only acquired anew', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const lease = await acquireLease(store, 'leader', 'a', 1);
  if (!lease) throw new Error('not acquired');
  await waitFor(async () => !(await renewLease(store, lease, 1)), { describe: 'the lease to run out' });
  expect((await acquireLease(store, 'leader', 'b', 60_000))?.epoch).toBe(2);
});
