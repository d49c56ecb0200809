import { GiB, type InstanceId, MiB, type NodeId, type Operation } from '@zhiyun/contracts';
import { privateMode } from '@zhiyun/contracts/links';
import { newId, PlatformError, silentLogger } from '@zhiyun/kernel';
import { openStore, type Store, type Tx } from '@zhiyun/store';
import { createTestStore } from '@zhiyun/testkit';
import {
  createTransactionEngine,
  type Engine,
  type GroupMember,
  grouped,
  type TransactionDefinition,
} from '@zhiyun/transaction';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { macAddressOf } from '../instance/mac-address.ts';
import { type Reservation, reserveInstance, reserveInstances } from '../instance/reserve-instance.ts';
import { saveNodes } from '../node/node-store.ts';
import { testFacts } from '../node/test-node.ts';
import { selectNodeAccounts } from './node-accounts.ts';
import { Placements } from './placements.ts';

const slots = 10;
const wishes = 60;

/** Only what is claimed when it begins matters here. */
const creation: TransactionDefinition = {
  kind: 'instance.create',
  params: z.unknown(),
  actions: [{ name: 'settle', write: async () => undefined, noUndo: 'does nothing' }],
};

async function reserve(tx: Tx, members: readonly GroupMember<Reservation>[]): Promise<void> {
  const [only, ...others] = members;
  if (only && others.length === 0) await reserveInstance(tx, only.of, only.operationId);
  else await reserveInstances(tx, members);
}

async function startEngine(store: Store, id: string): Promise<Engine> {
  const engine = createTransactionEngine({ store, definitions: [creation], runner: { id }, log: silentLogger });
  await engine.start();
  return engine;
}

async function create(engine: Engine, store: Store, placements: Placements, index: number): Promise<Operation> {
  const pool = await store.db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
  const id = newId<InstanceId>();
  const config = {
    id,
    name: `instance-${index}`,
    cores: 1,
    memoryBytes: 256 * MiB,
    nics: [{ mode: privateMode, macAddress: macAddressOf(id), address: null }],
    disks: [],
    iso: null,
  };
  return engine.begin('instance.create', {
    params: {},
    target: { kind: 'instance', id, name: config.name },
    createdBy: null,
    group: grouped(reserve, { computePoolId: pool.id, config, wanted: 'running', placements, actor: null }),
  });
}

it('two Control Servers that create at the same time never promise more than there is', async () => {
  await using test = await createTestStore();
  const { store } = test;
  const otherStore = await openStore({ url: test.url, log: silentLogger });
  // Memory for ten: 512 MiB are the system's, 2 GiB for five instances and something over on each node.
  const facts = {
    ...testFacts,
    cores: 64,
    memoryBytes: 512 * MiB + (slots / 2) * 256 * MiB + 100 * MiB,
    diskBytes: GiB,
  };
  for (const name of ['node-1', 'node-2'])
    await store.tx((tx) => saveNodes(tx, [{ seen: { id: newId<NodeId>(), name, address: 'memory' }, facts }]));
  const placements = [new Placements(() => null), new Placements(() => null)] as const;
  const engines = [await startEngine(store, 'control-1'), await startEngine(otherStore, 'control-2')] as const;
  try {
    const attempts = Array.from({ length: wishes }, (_, index) =>
      index % 2 === 0
        ? create(engines[0], store, placements[0], index)
        : create(engines[1], otherStore, placements[1], index),
    );
    const outcomes = await Promise.allSettled(attempts);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
    expect(outcomes.length - refused.length).toBe(slots);
    for (const reason of refused) {
      expect(reason).toBeInstanceOf(PlatformError);
      expect(reason).toMatchObject({ code: 'insufficient-capacity' });
    }
    const nodes = await selectNodeAccounts(store.db, 'all').execute();
    for (const node of nodes) {
      expect(node.instance_count).toBe(slots / 2);
      expect(node.memory_bytes_promised).toBeLessThanOrEqual(node.memory_bytes_total);
    }
    const rows = await store.db.selectFrom('instance').select('id').execute();
    expect(rows).toHaveLength(slots);
  } finally {
    for (const engine of engines) await engine.stop(0);
    await otherStore.close();
  }
});
