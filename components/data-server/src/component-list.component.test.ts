/** What the list costs the database, and what it tells. */

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
