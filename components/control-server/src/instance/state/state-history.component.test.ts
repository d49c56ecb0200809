/**
 * Whatever happens to instances, alone, by hundreds, at the same time by two Control Servers, and by one of an older release: from the
 * history follows what each showed at any time, without gaps and without overlaps.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ComponentId, type InstanceId, MiB, type NodeId, type OperationId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { newId, PlatformError, silentLogger } from '@zhiyun/kernel';
import { openStore, type Store } from '@zhiyun/store';
import { createTestStore } from '@zhiyun/testkit';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { loseInstances } from '../../component/transactions/drain-node.ts';
import { applyObservations } from '../../node/instance-reports.ts';
import { noteHearings } from '../../node/node-hearing.ts';
import { saveNodes } from '../../node/node-store.ts';
import { showInstances } from '../../node/shown-instances.ts';
import { testFacts } from '../../node/test-node.ts';
import { Placements } from '../../placement/placements.ts';
import { acceptOrders } from '../accept-order.ts';
import { nextGenerations } from '../generations.ts';
import { type Order, orders } from '../instance-orders.ts';
import { forgetInstances } from '../instance-store.ts';
import { reserveInstance } from '../reserve-instance.ts';
import { observationOf } from './observation.ts';
import { settleInstances } from './settle-instances.ts';
import { listInstanceMoves } from './state-history.ts';

const control = newId<ComponentId>();
const placements = new Placements(() => null);

/** Instances and nodes are taken from what there is, by number. */
const deed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('order' as const, 'order' as const, 'end' as const, 'undo' as const, 'forget' as const),
      which: fc.nat(),
      order: fc.constantFrom(...(Object.keys(orders) as (keyof typeof orders)[])),
      reported: fc.constantFrom('running' as const, 'stopped' as const, 'prepared' as const, undefined),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      which: fc.nat(),
      reported: fc.constantFrom('running' as const, 'stopped' as const),
      epoch: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('offline' as const, 'online' as const), which: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'older' as const), which: fc.nat() }) },
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

let sequence = 0;
let movedByOlder = 0;
const reportOf = (instanceId: InstanceId, state: InstanceReport['state'], epoch = 1): InstanceReport => ({
  ...{ instanceId, generation: 1, sequence: ++sequence, state, stopReason: null, stopDetail: null, pid: null },
  ...{ address: null, epoch },
});

async function perform(store: Store, deed: Deed): Promise<void> {
  const { db } = store;
  const operation = newId<OperationId>();
  if (deed.do === 'create') {
    const { id: computePoolId } = await db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
    const id = newId<InstanceId>();
    const config = {
      ...{ id, name: id, cores: 1, memoryBytes: MiB, disks: [], nics: [], iso: null },
    };
    const wanted = 'running' as const;
    await store.tx((tx) =>
      reserveInstance(tx, { computePoolId, config, wanted, placements, actor: null }, operation).then(() => undefined),
    );
    return;
  }
  if (deed.do === 'offline' || deed.do === 'online' || deed.do === 'lose') {
    const nodes = await db.selectFrom('node').select('id').orderBy('id').execute();
    const node = nodes[deed.which % nodes.length];
    if (!node) return;
    if (deed.do === 'lose') return store.tx((tx) => loseInstances(tx, node.id, operation));
    const { do: heard } = deed;
    await noteHearings(store, control, [{ nodeId: node.id, heard }]);
    expect(await showInstances(store, [node.id], heard)).toEqual([]);
    return;
  }
  const instances = await db.selectFrom('instance').select(['id', 'node_id', 'generation']).orderBy('id').execute();
  const instance = instances[deed.which % Math.max(1, instances.length)];
  if (!instance) return;
  const { id, node_id } = instance;
  switch (deed.do) {
    case 'order': {
      const { action, shows, wants }: Order = orders[deed.order];
      const { first: generation } = nextGenerations(instance.generation);
      return store.tx((tx) => acceptOrders(tx, [{ instanceId: id, action, generation, shows, wants, operation }]));
    }
    case 'end':
    case 'undo': {
      const report = deed.reported && reportOf(id, deed.reported);
      return store.tx((tx) => settleInstances(tx, [{ instanceId: id, report, operation, undone: deed.do === 'undo' }]));
    }
    case 'forget':
      return store.tx((tx) => forgetInstances(tx, [{ id, operation }]));
    case 'report':
      if (node_id)
        expect(
          await applyObservations(store, node_id, [observationOf(reportOf(id, deed.reported, deed.epoch))]),
        ).toEqual([]);
      return;
    case 'older': {
      // As a Control Server of the first release writes it.
      const { numAffectedRows } =
        await sql`update instance set state = 'stopped', stop_reason = 'killed', state_since = now()
        where id = ${id} and state in ('running', 'starting', 'stopping')`.execute(db);
      movedByOlder += Number(numAffectedRows);
    }
  }
}

/** What all of them show at a moment after everything that was done. */
async function look(store: Store): Promise<{ at: Date; shown: Map<InstanceId, string> }> {
  // Longer than the times of the history are rounded by.
  await sleep(2);
  const { rows } = await sql<{ id: InstanceId; state: string; at: Date }>`
    select id, state, at from (select clock_timestamp() as at) as clock left join instance on true`.execute(store.db);
  await sleep(2);
  const at = rows[0]?.at ?? new Date();
  return { at, shown: new Map(rows.flatMap(({ id, state }) => (id ? [[id, state] as const] : []))) };
}

async function requireExact(store: Store, looks: readonly Awaited<ReturnType<typeof look>>[]): Promise<void> {
  const moves = await store.db.selectFrom('instance_state_history').selectAll().orderBy('move').execute();
  const histories = Map.groupBy(moves, ({ instance_id }) => instance_id);
  // Everybody else says why.
  expect(moves.filter(({ cause }) => cause === 'older-release')).toHaveLength(movedByOlder);
  const rows = await store.db.selectFrom('instance').selectAll().execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  expect(new Set(rows.map(({ id }) => id)).difference(new Set(histories.keys())).size).toBe(0);
  for (const [id, history] of histories) {
    for (const [index, move] of history.entries()) {
      const before = history[index - 1];
      expect(move.move).toBe(index + 1);
      expect(move.from_state).toBe(before?.to_state ?? null);
      if (before) expect(move.at.getTime()).toBeGreaterThanOrEqual(before.at.getTime());
      if (index > 0) expect(move.from_state).not.toBe(null);
    }
    const last = history.at(-1);
    const row = byId.get(id);
    expect(last).toMatchObject({ to_state: row?.state ?? null, ...(row && { at: row.state_since, move: row.moves }) });
    for (const { at, shown } of looks) {
      const then = history.findLast((move) => move.at <= at)?.to_state ?? undefined;
      expect(then).toBe(shown.get(id));
    }
  }
}

test('history says what every instance showed at any time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), { maxLength: 12 }), async (rounds) => {
      await using test = await createTestStore();
      const other = await openStore({ url: test.url, log: silentLogger });
      try {
        for (const name of ['node-1', 'node-2']) {
          const seen = { id: newId<NodeId>(), name, address: 'memory' };
          await test.store.tx((tx) => saveNodes(tx, [{ seen, facts: testFacts }]));
        }
        movedByOlder = 0;
        const looks = [await look(test.store)];
        for (const round of rounds) {
          // What is refused has changed nothing.
          const done = await Promise.allSettled(
            round.map((one, index) => perform(index % 2 === 0 ? test.store : other, one)),
          );
          for (const one of done)
            if (one.status === 'rejected' && !(one.reason instanceof PlatformError)) throw one.reason;
          looks.push(await look(test.store));
        }
        await requireExact(test.store, looks);
      } finally {
        await other.close();
      }
    }),
    { numRuns: 15, endOnFailure: true, timeout: 60_000 },
  );
});

test('is read in pages, newest first, each state with its end', async () => {
  await using test = await createTestStore();
  const { store } = test;
  const seen = { id: newId<NodeId>(), name: 'node', address: 'memory' };
  await store.tx((tx) => saveNodes(tx, [{ seen, facts: testFacts }]));
  await perform(store, { do: 'create' });
  const { id } = await store.db.selectFrom('instance').select('id').executeTakeFirstOrThrow();
  for (const reported of ['running', 'stopped', 'running'] as const)
    await perform(store, { do: 'end', which: 0, order: 'start', reported });
  await perform(store, { do: 'forget', which: 0, order: 'start', reported: undefined });
  const first = await listInstanceMoves(store.db, id, { limit: 3 });
  const second = await listInstanceMoves(store.db, id, { limit: 3, cursor: first.nextCursor ?? '' });
  expect(second.nextCursor).toBe(null);
  const all = [...first.items, ...second.items];
  expect(all.map(({ move, from, to }) => [move, from, to])).toEqual([
    [5, 'running', null],
    [4, 'stopped', 'running'],
    [3, 'running', 'stopped'],
    [2, 'creating', 'running'],
    [1, null, 'creating'],
  ]);
  expect(all.map(({ until }) => until)).toEqual([null, ...all.slice(0, -1).map(({ at }) => at)]);
  expect(all.every(({ cause, nodeId }) => cause === 'operation' && nodeId === seen.id)).toBe(true);
  await expect(listInstanceMoves(store.db, newId(), { limit: 3 })).rejects.toMatchObject({ code: 'not-found' });
  // What was to come on the next page has been pruned meanwhile: it ends here.
  await sql`delete from instance_state_history where move < 3`.execute(store.db);
  expect(await listInstanceMoves(store.db, id, { limit: 3, cursor: first.nextCursor ?? '' })).toEqual({
    items: [],
    nextCursor: null,
  });
});

test('times never go back: not for a transaction that began before another and writes after it, nor with the clock', async () => {
  await using test = await createTestStore();
  const { store } = test;
  const seen = { id: newId<NodeId>(), name: 'node', address: 'memory' };
  await store.tx((tx) => saveNodes(tx, [{ seen, facts: testFacts }]));
  await perform(store, { do: 'create' });
  const { id } = await store.db.selectFrom('instance').select('id').executeTakeFirstOrThrow();
  const settle = (tx: Parameters<typeof settleInstances>[0], state: 'running' | 'stopped') => {
    const operation = newId<OperationId>();
    return settleInstances(tx, [{ instanceId: id, report: reportOf(id, state), operation, undone: false }]);
  };
  await store.tx(async (tx) => {
    await sql`select now()`.execute(tx);
    await sleep(20);
    await store.tx((between) => settle(between, 'running'));
    await sleep(20);
    await settle(tx, 'stopped');
  });
  const times = async () =>
    (await listInstanceMoves(store.db, id, { limit: 100 })).items.map(({ at }) => Date.parse(at)).reverse();
  const [, running = 0, stopped = 0] = await times();
  expect(stopped - running).toBeGreaterThanOrEqual(15);
  // As if the clock of the database had been set back by an hour since.
  await sql`update instance set state_since = state_since + interval '1 hour'`.execute(store.db);
  await store.tx((tx) => settle(tx, 'running'));
  await noteHearings(store, control, [{ nodeId: seen.id, heard: 'offline' }]);
  await showInstances(store, [seen.id], 'offline');
  const hour = 3_600_000;
  expect((await times()).slice(3)).toEqual([stopped + hour, stopped + hour]);
});
