/** Addresses against a real database: one per node and NIC, also when many are given at the same moment. */
import { type InstanceId, MiB, type NodeId, type OperationId } from '@zhiyun/contracts';
import { type InstanceConfig, localVolume, privateMode } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { createTestStore, type TestStore } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loseInstances } from '../component/transactions/drain-node.ts';
import { saveNodes } from '../node/node-store.ts';
import { testFacts } from '../node/test-node.ts';
import { giveAddresses, withAddresses } from './give-addresses.ts';
import { loadInstanceConfig } from './instance-config.ts';
import { macAddressOf } from './mac-address.ts';

let database: TestStore;
beforeEach(async () => {
  database = await createTestStore();
});
afterEach(() => database[Symbol.asyncDispose]());

async function addNode(guestRange: string | undefined): Promise<NodeId> {
  const id = newId<NodeId>();
  const facts = { ...testFacts, ...(guestRange && { guestRange }) };
  await database.store.tx((tx) => saveNodes(tx, [{ seen: { id, name: id, address: 'memory' }, facts }]));
  return id;
}

function configOf(id = newId<InstanceId>()): InstanceConfig {
  const nic = { mode: privateMode, macAddress: macAddressOf(id), address: null };
  return { id, name: id, cores: 1, memoryBytes: MiB, nics: [nic], disks: [], iso: null };
}

async function insert(nodeId: NodeId, config: InstanceConfig, address: string | null = null): Promise<void> {
  const pool = await database.store.db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
  await database.store.db
    .insertInto('instance')
    .values({
      ...{ id: config.id, name: config.name, compute_pool_id: pool.id, node_id: nodeId, address },
      ...{ state: 'stopped', state_since: new Date(), generation: 1, cores: 1, memory_bytes: MiB },
      ...{ mac_address: config.nics[0]?.macAddress ?? '', created_at: new Date() },
    })
    .execute();
}

async function give(nodeId: NodeId, configs: readonly InstanceConfig[]): Promise<(string | null)[]> {
  for (const config of configs) await insert(nodeId, config);
  const given = await database.store.tx((tx) =>
    giveAddresses(
      tx,
      configs.map((config) => ({ nodeId, config })),
    ),
  );
  return configs.flatMap(({ id }) => given.get(id) ?? ['nothing']);
}

const nicOf = (id: InstanceId) =>
  database.store.db.selectFrom('nic').selectAll().where('instance_id', '=', id).executeTakeFirst();

describe('giving', () => {
  test('many at once get one each, of their node’s range; when it is full, the node decides', async () => {
    const node = await addNode('192.168.7.0/26');
    const configs = Array.from({ length: 18 }, () => configOf());
    const given = await give(node, configs);
    const addresses = given.filter((address) => address !== null);
    expect(new Set(addresses)).toEqual(new Set(Array.from({ length: 16 }, (_, slot) => `192.168.7.${slot * 4 + 2}`)));
    expect(given.filter((address) => address === null)).toHaveLength(2);
  });

  test('two transactions that want the same place at the same moment get two', async () => {
    const node = await addNode('100.64.0.0/10');
    // The same end of the id, which is where both begin to look.
    const [one, other] = ['01a22108-c9b0-7207-b183-3700d46faff2', '01a22108-c9b0-7207-b184-3700d46faff2'].map((id) =>
      configOf(id as InstanceId),
    ) as [InstanceConfig, InstanceConfig];
    const distinct = { ...other, nics: other.nics.map((nic) => ({ ...nic, macAddress: '52:00:00:00:00:99' })) };
    await insert(node, one);
    await insert(node, distinct);
    const { store } = database;
    const firstHas = Promise.withResolvers<void>();
    const first = store.tx(async (tx) => {
      const given = await giveAddresses(tx, [{ nodeId: node, config: one }]);
      firstHas.resolve();
      // The other has begun to wait for our commit, or comes after it: both must end well.
      await sql`select pg_sleep(0.2)`.execute(tx);
      return given.get(one.id)?.[0];
    });
    await firstHas.promise;
    const second = store.tx(
      async (tx) => (await giveAddresses(tx, [{ nodeId: node, config: distinct }])).get(other.id)?.[0],
    );
    const addresses = await Promise.all([first, second]);
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) expect(address).toMatch(/^100\./);
  });

  test('the same address may be on two nodes; a node that does not say its range chooses itself', async () => {
    const [a, b] = [await addNode('192.168.7.0/30'), await addNode('192.168.7.0/30')];
    expect(await give(a, [configOf()])).toEqual(['192.168.7.2']);
    expect(await give(b, [configOf()])).toEqual(['192.168.7.2']);
    const older = await addNode(undefined);
    const config = configOf();
    expect(await give(older, [config])).toEqual([null]);
    expect(await nicOf(config.id)).toMatchObject({ address: null, mode: 'private' });
  });
});

describe('what a node reports', () => {
  const report = (id: InstanceId, address: string | null) =>
    database.store.db.updateTable('instance').set({ address }).where('id', '=', id).execute();

  test('is adopted, also of an instance that an older Control Server made; a place that is given to another is not', async () => {
    const node = await addNode('100.64.0.0/10');
    const [mine, older] = [configOf(), configOf()];
    const [given] = await give(node, [mine]);
    await insert(node, older);
    expect(await loadInstanceConfig(database.store.db, older.id)).toMatchObject({ nics: [{ address: null }] });

    await report(older.id, '100.64.9.2');
    expect(await nicOf(older.id)).toMatchObject({ address: '100.64.9.2', node_id: node });
    await report(mine.id, '100.64.9.6');
    expect(await loadInstanceConfig(database.store.db, mine.id)).toMatchObject({ nics: [{ address: '100.64.9.6' }] });
    expect(given).not.toBe('100.64.9.6');

    for (const word of [older.nics[0]?.address ?? '100.64.9.2', 'nonsense', '::1', null]) {
      await report(mine.id, word);
      expect(await nicOf(mine.id)).toMatchObject({ address: '100.64.9.6' });
    }
  });

  test('goes with the instance, and with its node', async () => {
    const node = await addNode('100.64.0.0/10');
    const config = configOf();
    await give(node, [config]);
    await database.store.tx((tx) => loseInstances(tx, node, newId<OperationId>()));
    expect(await nicOf(config.id)).toMatchObject({ node_id: null });
    await database.store.db.deleteFrom('instance').where('id', '=', config.id).execute();
    expect(await nicOf(config.id)).toBeUndefined();
  });
});

test('a configuration takes the addresses that were given, in the order of its NICs', () => {
  const config = { ...configOf(), disks: [{ id: newId(), sizeBytes: 1, image: null, volume: localVolume('x') }] };
  expect(withAddresses(config as InstanceConfig, ['100.64.0.2']).nics).toMatchObject([{ address: '100.64.0.2' }]);
  expect(withAddresses(config as InstanceConfig, undefined)).toEqual(config);
});
