/** What the list costs the database, and what it tells. */

import { type Clock, systemClock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registrationChannel } from './component-rows.ts';
import { createTestDomain, TestComponent, type TestDomain } from './testing/registry.ts';

let domain: TestDomain;

beforeEach(async () => {
  domain = await createTestDomain();
});
afterEach(() => domain[Symbol.asyncDispose]());

/** Counts the rows that the lists read. */
function counted(count: { rows: number; queries: number }) {
  return (store: Store): Store => ({
    ...store,
    db: store.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        count.queries++;
        count.rows += result.rows.length;
        return result;
      },
    }),
  });
}

test('a thousand registrations cost each of them a constant', async () => {
  const count = { rows: 0, queries: 0 };
  const registry = await domain.startRegistry({ wrap: counted(count) });
  const control = await TestComponent.join(domain.store, 'control-server');
  const { items } = await control.register(registry);
  const nodes = await Promise.all(Array.from({ length: 1_000 }, () => TestComponent.join(domain.store, 'node-client')));
  const known = new Set<string>();
  const all = (async () => {
    for await (const { whole, associates } of items) {
      expect(whole).toBe(false);
      for (const { id, type } of associates) if (type === 'node-client') known.add(id);
      if (known.size === nodes.length) return;
    }
  })();
  const streams = await Promise.all(nodes.map((node) => node.register(registry)));
  await all;
  // A node is told of the Control Server and not of the other nodes.
  expect(streams.every(({ whole }) => whole.associates.length === 1)).toBe(true);
  // The safety net of 10 s may have read them once or twice besides.
  expect(count.rows).toBeLessThan(4 * nodes.length);
  expect(count.queries).toBeLessThan(nodes.length);
});

test('everything is read anew when rings were lost', async () => {
  const registry = await domain.startRegistry();
  const node = await TestComponent.join(domain.store, 'node-client');
  await node.register(registry);
  await waitFor(() => registry.state(node.caller.id) === 'online');
  await domain.store.db.updateTable('registration').set({ state: 'suspect' }).execute();
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where query like ${`listen%${registrationChannel}%`} and datname = current_database()`.execute(domain.store.db);
  await waitFor(() => registry.state(node.caller.id) === 'suspect', { timeoutMs: 8_000 });
});

test('the safety net reads the rows again when something has changed, and only then', async () => {
  const count = { rows: 0, queries: 0 };
  let check = () => {};
  const clock: Clock = {
    ...systemClock,
    every(ms, task) {
      if (ms === 10_000) check = task;
      return { [Symbol.dispose]() {} };
    },
  };
  const registry = await domain.startRegistry({ wrap: counted(count), clock });
  const nodes = await Promise.all(Array.from({ length: 20 }, () => TestComponent.join(domain.store, 'node-client')));
  for (const node of nodes) await node.register(registry);
  await waitFor(() => nodes.every((node) => registry.state(node.caller.id) === 'online'));
  const read = (rows: number) => waitFor(() => count.rows >= rows).then(() => expect(count.rows).toBe(rows));
  count.rows = 0;
  /** The version of the rows, again before they are read, and the rows. */
  const whole = 1 + 1 + nodes.length;
  // There were registrations since; that all their rings were heard nobody knows.
  check();
  await read(whole);
  for (let time = 1; time <= 3; time++) {
    check();
    await read(whole + time);
  }
  const [silent, removed] = nodes;
  if (!silent || !removed) throw new Error('no node');
  // Without a ring.
  const row = domain.store.db.updateTable('registration').where('component_id', '=', silent.caller.id);
  await row.set({ state: 'suspect' }).execute();
  check();
  await waitFor(() => registry.state(silent.caller.id) === 'suspect');
  await read(whole + 3 + whole);
  const component = domain.store.db.updateTable('component').where('id', '=', removed.caller.id);
  await component.set({ removed_at: new Date() }).execute();
  check();
  await waitFor(() => registry.list.removed.has(removed.caller.id));
});
