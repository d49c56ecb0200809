/**
 * Claims and releases of two Control Servers, and of one of an older release beside them, at the same time: nothing is promised that is
 * not there, each claim is granted whole or not at all, and the books are exact.
 */
import { GiB, type InstanceId, MiB, type NodeId, type OperationId } from '@zhiyun/contracts';
import { newId, PlatformError, silentLogger } from '@zhiyun/kernel';
import { anyOf, openStore, type Store } from '@zhiyun/store';
import { createTestStore } from '@zhiyun/testkit';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { forgetInstances } from '../instance/instance-store.ts';
import { reserveInstance } from '../instance/reserve-instance.ts';
import { saveNodes } from '../node/node-store.ts';
import { testFacts } from '../node/test-node.ts';
import { Placements } from '../placement/placements.ts';
import { claimAccounts, releaseAccounts, setAccountTotals } from './accounts.ts';

/** An amount of each of these accounts; a claim wants some of them. */
const owners = ['00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-00000000000b'];
const resources = ['bytes', 'cores'];
const totals = { bytes: 30, cores: 8 };
type Item = { owner: number; resource: string; amount: number };
const claim = fc.array(
  fc.record({ owner: fc.nat(1), resource: fc.constantFrom(...resources), amount: fc.integer({ min: 0, max: 6 }) }),
  { minLength: 1, maxLength: 4 },
);

/** Answers which were granted. */
async function claimAll(store: Store, claims: readonly (readonly Item[])[]): Promise<boolean[]> {
  const ids = claims.map(() => newId<string>());
  const wanted = claims.flatMap((items, place) =>
    items.map(({ owner, resource, amount }) => ({
      ...{ claim: ids[place], place, owner_kind: 'node', owner_id: owners[owner], resource, amount, overcommit: 1 },
    })),
  );
  const { rows } = await store.single((db) =>
    sql<{ id: string }>`
      with wanted as materialized (
        select * from jsonb_to_recordset(${wanted}::jsonb) as given (claim uuid, place integer, owner_kind text, owner_id uuid,
          resource text, amount bigint, overcommit double precision)
      ), ${claimAccounts('wanted', owners)}
      select id from granted`.execute(db),
  );
  const granted = new Set(rows.map(({ id }) => id));
  return ids.map((id) => granted.has(id));
}

async function promisedOf(store: Store): Promise<Record<string, number>> {
  const rows = await store.db.selectFrom('account').selectAll().where('owner_id', '=', anyOf(owners)).execute();
  return Object.fromEntries(
    rows.map(({ owner_id, resource, promised }) => [`${owners.indexOf(owner_id)} ${resource}`, promised]),
  );
}

function sumsOf(claims: readonly (readonly Item[])[]): Record<string, number> {
  const sums = Object.fromEntries(
    owners.flatMap((_, owner) => resources.map((resource) => [`${owner} ${resource}`, 0])),
  );
  for (const { owner, resource, amount } of claims.flat())
    sums[`${owner} ${resource}`] = (sums[`${owner} ${resource}`] ?? 0) + amount;
  return sums;
}

const totalOf = (key: string) => totals[key.split(' ')[1] as keyof typeof totals];

test('lists of lists: each whole or not at all, never more than there is, and all comes back', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await using other = await openOther(database.url);
  await store.tx((tx) =>
    setAccountTotals(
      tx,
      owners.map((id) => ({ owner: { kind: 'node', id }, totals })),
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(claim, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
      async (statements) => {
        const granted = await Promise.all(
          statements.map((claims, index) => claimAll(index % 2 === 0 ? store : other.store, claims)),
        );
        const held = statements.flatMap((claims, index) => claims.filter((_, place) => granted[index]?.[place]));
        const promised = await promisedOf(store);
        expect(promised).toEqual(sumsOf(held));
        for (const [key, amount] of Object.entries(promised)) expect(amount).toBeLessThanOrEqual(totalOf(key));
        // One alone that fits is granted; one that does not fit is not.
        const [first] = statements;
        if (statements.length === 1 && first?.length === 1)
          expect(granted[0]?.[0]).toBe(Object.entries(sumsOf(first)).every(([key, amount]) => amount <= totalOf(key)));
        await Promise.all(
          held.map((items, index) =>
            (index % 2 === 0 ? store : other.store).tx(async (tx) => {
              for (const [owner, id] of owners.entries()) {
                const amounts = sumsOf([items.filter((item) => item.owner === owner)]);
                await releaseAccounts(tx, { kind: 'node', id }, ownAmounts(amounts, owner));
              }
            }),
          ),
        );
        expect(await promisedOf(store)).toEqual(sumsOf([]));
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
});

function ownAmounts(sums: Record<string, number>, owner: number): Record<string, number> {
  return Object.fromEntries(resources.map((resource) => [resource, sums[`${owner} ${resource}`] ?? 0]));
}

test('an account that is not there grants nothing', async () => {
  await using database = await createTestStore();
  expect(await claimAll(database.store, [[{ owner: 0, resource: 'bytes', amount: 0 }]])).toEqual([false]);
});

const slots = 12;
test('beside a Control Server of the first release nothing is promised twice, and both have the same books', async () => {
  await using database = await createTestStore();
  const { store } = database;
  await using other = await openOther(database.url);
  const { id: pool } = await store.db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
  const facts = { ...testFacts, cores: 64, memoryBytes: 512 * MiB + slots * 256 * MiB + MiB, diskBytes: GiB };
  const node = newId<NodeId>();
  await store.tx((tx) => saveNodes(tx, [{ seen: { id: node, name: 'node', address: 'memory' }, facts }]));
  const placements = new Placements(() => null);
  const mine = Array.from({ length: slots }, async () => {
    const id = newId<InstanceId>();
    const config = { id, name: id, cores: 1, memoryBytes: 256 * MiB, nics: [], disks: [], iso: null };
    const reservation = { computePoolId: pool, config, wanted: 'running' as const, placements, actor: null };
    await store.tx((tx) => reserveInstance(tx, reservation, newId<OperationId>()));
    return id;
  });
  const theirs = Array.from({ length: slots }, () => claimOfFirstRelease(other.store, node));
  const [own, foreign] = [await Promise.allSettled(mine), await Promise.all(theirs)];
  for (const one of own) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(PlatformError);
  const made = own.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const taken = foreign.filter(Boolean).length;
  expect(made.length + taken).toBe(slots);
  await requireSameBooks(store, slots);
  // Gone twice at the same moment, gives back once.
  await Promise.all(
    [...made, ...made].map((id, index) =>
      (index % 2 === 0 ? store : other.store).tx((tx) => forgetInstances(tx, [{ id, operation: null }])),
    ),
  );
  await Promise.all(Array.from({ length: taken }, () => releaseOfFirstRelease(other.store, node)));
  await requireSameBooks(store, 0);
  // And a machine that has become larger, as the first release writes it.
  await sql`update node set memory_bytes_total = memory_bytes_total + 1 where id = ${node}`.execute(store.db);
  await requireSameBooks(store, 0);
});

async function requireSameBooks(store: Store, instances: number): Promise<void> {
  const { rows } = await sql<Record<string, number>>`
    select cores_total, cores_promised, memory_bytes_total, memory_bytes_promised, disk_bytes_total, disk_bytes_promised,
      instance_count from node`.execute(store.db);
  const accounts = await store.db.selectFrom('account').selectAll().execute();
  const of = (resource: string) => accounts.find((account) => account.resource === resource);
  expect(rows).toEqual([
    {
      ...{ cores_total: of('cores')?.total, cores_promised: of('cores')?.promised },
      ...{ memory_bytes_total: of('memory-bytes')?.total, memory_bytes_promised: of('memory-bytes')?.promised },
      ...{ disk_bytes_total: of('disk-bytes')?.total, disk_bytes_promised: of('disk-bytes')?.promised },
      instance_count: of('instances')?.promised,
    },
  ]);
  expect(of('instances')?.promised).toBe(instances);
  expect(of('memory-bytes')?.promised).toBe(instances * 256 * MiB);
}

/** Word for word what the first release sends, but for its parameters. */
async function claimOfFirstRelease(store: Store, node: NodeId): Promise<boolean> {
  const { rows } = await store.single((db) =>
    sql`
    update node set
      cores_promised = cores_promised + sums.cores,
      memory_bytes_promised = memory_bytes_promised + sums.memory_bytes,
      disk_bytes_promised = disk_bytes_promised + sums.disk_bytes,
      instance_count = instance_count + sums.instances
    from (
      select ${node}::uuid as node_id, (select compute_pool_id from node) as compute_pool_id, 1 as cores,
        ${256 * MiB}::bigint as memory_bytes, 0::bigint as disk_bytes, 1 as instances
    ) sums
    join (select id from node where id = ${anyOf([node])} order by id for no key update) free
      on free.id = sums.node_id
    join compute_pool pool on pool.id = sums.compute_pool_id
    where node.id = sums.node_id and node.id = ${anyOf([node])} and pool.id = node.compute_pool_id
      and node.state = 'online' and node.schedulable
      and cores_promised + sums.cores <= floor(cores_total * pool.cpu_overcommit)
      and memory_bytes_promised + sums.memory_bytes <= memory_bytes_total
      and disk_bytes_promised + sums.disk_bytes <= floor(disk_bytes_total * pool.disk_overcommit)
    returning node.id`.execute(db),
  );
  return rows.length === 1;
}

async function releaseOfFirstRelease(store: Store, node: NodeId): Promise<void> {
  await sql`update node set cores_promised = cores_promised - 1, memory_bytes_promised = memory_bytes_promised - ${256 * MiB}::bigint,
    disk_bytes_promised = disk_bytes_promised - 0, instance_count = instance_count - 1 where id = ${node}`.execute(
    store.db,
  );
}

async function openOther(url: string): Promise<{ store: Store } & AsyncDisposable> {
  const store = await openStore({ url, log: silentLogger });
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
