/** Nodes with thousands of instances: few statements, one event, and nobody's operation disturbed. */
import { type ComponentId, type InstanceId, MiB, type NodeId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { createTestStore, type TestStore } from '@zhiyun/testkit';
import { type KyselyPlugin, sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyInventory, knownInstances } from './instance-reports.ts';
import { hearNodes, noteHearings } from './node-hearing.ts';
import { saveNodes } from './node-store.ts';
import { halfShownNodes, showInstances } from './shown-instances.ts';
import { testFacts } from './test-node.ts';

const control = newId<ComponentId>();
const nodeId = newId<NodeId>();
const seen = { id: nodeId, name: 'node', address: 'memory' };

let database: TestStore;
let store: Store;
let statements: number;
beforeEach(async () => {
  database = await createTestStore();
  const counter: KyselyPlugin = {
    transformQuery({ node }) {
      statements++;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const { db, tx } = database.store;
  store = {
    ...database.store,
    db: db.withPlugin(counter),
    tx: (work) => tx((each) => work(each.withPlugin(counter) as typeof each)),
  };
  await store.tx((each) => saveNodes(each, [{ seen, facts: testFacts }]));
  statements = 0;
});
afterEach(() => database[Symbol.asyncDispose]());

/** Running ones, as reported with sequence 5. */
async function addInstances(count: number): Promise<InstanceId[]> {
  const { rows } = await sql<{ id: InstanceId }>`
    insert into instance (id, name, compute_pool_id, node_id, state, state_since, generation, observed_sequence,
      observed_state, cores, memory_bytes, mac_address, created_at)
    select gen_random_uuid(), 'vm-' || i, (select id from compute_pool), ${nodeId}, 'running', now(), 4, 5,
      'running', 1, ${MiB}, 'mac-' || i, now() from generate_series(1, ${count}::int) i
    returning id`.execute(database.store.db);
  return rows.map(({ id }) => id);
}
const report = (instanceId: InstanceId, more: Partial<InstanceReport> = {}): InstanceReport => ({
  ...{ instanceId, generation: 4, sequence: 5, state: 'running' },
  ...{ stopReason: null, stopDetail: null, pid: 1, address: null },
  ...more,
});
async function counts(): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) from instance group by state`.execute(database.store.db);
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}
const eventsOf = (kind: string) =>
  database.store.db.selectFrom('event').select('data').where('kind', '=', kind).orderBy('seq').execute();
const hear = (id: NodeId, heard: 'online' | 'offline') => noteHearings(store, control, [{ nodeId: id, heard }]);
async function become(state: 'online' | 'offline'): Promise<void> {
  await hear(nodeId, state);
  await showInstances(store, [nodeId], state);
}
async function reconcile(reports: readonly InstanceReport[]): Promise<InstanceId[]> {
  const [known = new Map()] = await knownInstances(store, [nodeId]);
  const [cameBack] = await hearNodes(store, control, [{ seen, facts: testFacts }]);
  if (cameBack) await showInstances(store, [nodeId], 'online');
  const { strangers } = await applyInventory(store, nodeId, reports, known);
  return strangers;
}

it('a node that is as it was is heard again with three statements', async () => {
  const ids = await addInstances(20);
  expect(await reconcile(ids.map((id) => report(id)))).toEqual([]);
  expect(statements).toBe(3);
});

it('an inventory of thousands is a few commits; what is lost shows, what nobody knows is left alone', async () => {
  const ids = await addInstances(3_000);
  const strangers = [newId<InstanceId>(), newId<InstanceId>()];
  const reports = [
    ...ids.slice(0, 1_000).map((id) => report(id)),
    ...ids.slice(1_000, 2_000).map((id) => report(id, { sequence: 6, state: 'stopped', stopReason: 'guest-shutdown' })),
    ...ids.slice(2_000, 2_500).map((id) => report(id, { sequence: 4, state: 'stopped', stopReason: 'crashed' })),
    ...strangers.map((id) => report(id)),
  ];
  expect(await reconcile(reports)).toEqual(strangers);
  expect(await counts()).toEqual({ running: 1_500, stopped: 1_500 });
  expect(await eventsOf('instance.state-changed')).toHaveLength(1_500);
  expect(statements).toBeLessThan(40);
  await reconcile(reports);
  expect(await counts()).toEqual({ running: 1_500, stopped: 1_500 });
});

it('all are unknown while the node is offline, and what they were when it is back; operations are left to end', async () => {
  const [busy] = await addInstances(12_000);
  if (!busy) throw new Error('no instances');
  const inDb = database.store.db;
  await sql`update instance set state = 'stopping' where id = ${busy}`.execute(inDb);
  await become('offline');
  expect(await counts()).toEqual({ unknown: 11_999, stopping: 1 });
  const told = (await eventsOf('node.instances-changed')).map(({ data }) => data);
  expect(told).toEqual([5_000, 5_000, 1_999].map((count) => ({ to: 'unknown', count })));
  expect(statements).toBeLessThan(40);
  expect(await halfShownNodes(store)).toEqual([]);
  await become('online');
  expect(await counts()).toEqual({ running: 11_999, stopping: 1 });
});

it('what a stopped Control Server left half told is found', async () => {
  await addInstances(6_000);
  await hear(nodeId, 'offline');
  await showInstances(store, [nodeId], 'offline', AbortSignal.abort());
  expect(await counts()).toEqual({ unknown: 5_000, running: 1_000 });
  expect(await halfShownNodes(store)).toEqual([nodeId]);
});

it('the word of a node that has just come back is not taken for the one that fell silent', async () => {
  await addInstances(10);
  await hear(nodeId, 'offline');
  await hear(nodeId, 'online');
  await showInstances(store, [nodeId], 'offline');
  expect(await counts()).toEqual({ running: 10 });
});

it('nodes that come back together are few statements; the new one joins, and each has its own event', async () => {
  const ids = await addInstances(10);
  const other = { id: newId<NodeId>(), name: 'other', address: 'memory' };
  const fresh = { id: newId<NodeId>(), name: 'fresh', address: 'memory' };
  await database.store.tx((tx) => saveNodes(tx, [{ seen: other, facts: testFacts }]));
  await database.store.db
    .updateTable('instance')
    .set({ node_id: other.id })
    .where('id', 'in', ids.slice(0, 4))
    .execute();
  const hearings = [nodeId, newId<NodeId>(), other.id].map((id) => ({ nodeId: id, heard: 'offline' as const }));
  expect(await noteHearings(store, control, hearings)).toEqual(['offline', undefined, 'offline']);
  expect(await noteHearings(store, control, hearings)).toEqual([undefined, undefined, undefined]);
  await showInstances(store, [nodeId, other.id], 'offline');
  expect(await counts()).toEqual({ unknown: 10 });
  statements = 0;
  const arrivals = [seen, other, fresh].map((one) => ({ seen: one, facts: testFacts }));
  expect(await hearNodes(store, control, arrivals)).toEqual([true, true, true]);
  await showInstances(store, [nodeId, other.id], 'online');
  expect(statements).toBeLessThan(20);
  expect(await counts()).toEqual({ running: 10 });
  const told = (await eventsOf('node.instances-changed')).map(({ data }) => data).slice(-2);
  expect(told).toEqual(expect.arrayContaining([4, 6].map((count) => ({ to: 'running', count }))));
  expect(await eventsOf('node.joined')).toHaveLength(3);
  expect(await hearNodes(store, control, arrivals)).toEqual([false, false, false]);
});
