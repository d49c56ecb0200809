import type { Event } from '@zhiyun/contracts';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import type { Store } from '../open-store.ts';
import { listEvents, recordEvent } from './event-rows.ts';
import { followEvents } from './follow-events.ts';

const about = (name: string) => ({ kind: 'instance.created', subject: { kind: 'instance', id: 'i-1', name } }) as const;

async function record(store: Store, name: string): Promise<void> {
  await store.tx((tx) => recordEvent(tx, about(name)));
}

function follower(store: Store, afterSeq: number | undefined, signal: AbortSignal) {
  const events: Event[] = [];
  const ended = (async () => {
    for await (const event of followEvents(store, afterSeq, signal)) events.push(event);
  })();
  return { events, ended, names: () => events.map(({ subject }) => subject.name) };
}

test('pages are newest first and complete', async () => {
  await using database = await createTestStore();
  const { store } = database;
  for (const name of ['a.one', 'a.two', 'a.three']) await record(store, name);
  const first = await listEvents(store, { reader: undefined, limit: 2 });
  expect(first.items.map(({ subject }) => subject.name)).toEqual(['a.three', 'a.two']);
  const second = await listEvents(store, { reader: undefined, limit: 2, cursor: first.nextCursor ?? '' });
  expect(second.items.map(({ subject }) => subject.name)).toEqual(['a.one']);
  expect(second.nextCursor).toBeNull();
});

test('followers get what was missed, then what comes, each once', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await record(store, 'before.one');
  await record(store, 'before.two');
  const stop = new AbortController();
  const all = follower(store, 0, stop.signal);
  const live = follower(store, undefined, stop.signal);
  await waitFor(() => all.events.length === 2);
  await record(store, 'after.one');
  await waitFor(() => live.events.length === 1 && all.events.length === 3);
  expect(all.names()).toEqual(['before.one', 'before.two', 'after.one']);
  expect(live.names()).toEqual(['after.one']);
  stop.abort();
  await Promise.all([all.ended, live.ended]);
});

test('an event that commits late is not skipped; one that never commits does not block', async () => {
  await using database = await createTestStore();
  const { store } = database;
  const stop = new AbortController();
  const all = follower(store, 0, stop.signal);

  const recorded = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const slow = store.tx(async (tx) => {
    await recordEvent(tx, about('slow.one'));
    recorded.resolve();
    await mayCommit.promise;
  });
  await recorded.promise;
  await record(store, 'fast.one');
  const nothing = store.tx(async (tx) => {
    await recordEvent(tx, about('never.one'));
    throw new Error('rolled back');
  });
  await expect(nothing).rejects.toThrow('rolled back');
  await record(store, 'fast.two');
  const page = await listEvents(store, { reader: undefined, limit: 10 });
  expect(page.items.map(({ subject }) => subject.name)).toEqual(['fast.two', 'fast.one']);
  expect(all.names(), 'nothing may be told before the gap is settled').toEqual([]);
  mayCommit.resolve();
  await slow;
  await waitFor(() => all.events.length === 3);
  expect(all.names()).toEqual(['slow.one', 'fast.one', 'fast.two']);
  stop.abort();
  await all.ended;
});

test('many writers at once: every event arrives, in order', async () => {
  await using database = await createTestStore({ maxConnections: 8 });
  const { store } = database;
  const stop = new AbortController();
  const live = follower(store, 0, stop.signal);
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; index < 25; index++)
        await store
          .tx(async (tx) => {
            await recordEvent(tx, about(`writer-${writer}`));
            if (index % 5 === 0) throw new Error('rolled back');
          })
          .catch(() => {});
    }),
  );
  await waitFor(() => live.events.length === 160, { describe: 'all committed events' });
  const numbers = live.events.map(({ seq }) => seq);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(new Set(numbers).size).toBe(160);
  stop.abort();
  await live.ended;
});

test('the feed ends when the database is an earlier one, for its numbers begin anew', async () => {
  await using database = await createTestStore();
  const { store } = database;
  for (const name of ['a.one', 'a.two', 'a.three']) await record(store, name);
  const stop = new AbortController();
  const before = follower(store, 0, stop.signal);
  await waitFor(() => before.events.length === 3);
  await store.db.deleteFrom('event').where('seq', '>', 1).execute();
  await before.ended;
  const after = follower(store, 1, stop.signal);
  await record(store, 'b.one');
  await waitFor(() => after.names().includes('b.one'));
  stop.abort();
  await after.ended;
});
