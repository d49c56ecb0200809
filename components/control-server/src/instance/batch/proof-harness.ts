/**
 * The world in which batches are proven: one node that keeps its state in a file, so that it outlives the processes that are killed. Of a
 * batch that fails what succeeded stays; so «nothing left» means: each instance is there whole or not at all, and the books are exact.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GiB, type InstanceId, MiB, type NodeId, type Operation, type OperationId } from '@zhiyun/contracts';
import { type InstanceConfig, localVolume, privateMode } from '@zhiyun/contracts/links';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain } from '@zhiyun/link';
import { openStore, type Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import type { ProofEnvironment, TransactionHarness } from '@zhiyun/transaction/testing';
import { LoadBoard } from '../../monitor/load-board.ts';
import type { WorkOn } from '../../node/held-observations.ts';
import { saveNodes } from '../../node/node-store.ts';
import { NodeSupervisor } from '../../node/node-supervisor.ts';
import { TestNode } from '../../node/test-node.ts';
import { createPeers } from '../../peers/peers.ts';
import { Placements } from '../../placement/placements.ts';
import { macAddressOf } from '../mac-address.ts';
import { reserveInstance } from '../reserve-instance.ts';
import { settleInstances } from '../state/settle-instances.ts';
import { instanceTransactions } from '../transactions/instance-transactions.ts';
import type { CreateBatchParams } from './create-batch.ts';
import { batchTarget } from './each-instance.ts';
import type { OrderBatchParams } from './order-batch.ts';

const nodeId = '00000000-0000-7000-8000-00000000000a' as NodeId;
const names = ['web-1', 'web-2', 'web-3'];
const size = { cores: 1, memoryBytes: 64 * MiB };

interface World {
  store: Store;
  node: TestNode;
}

interface Story {
  begin(world: World, engine: Engine): Promise<Operation>;
  /** Names of the instances that there are when the children of these keys have succeeded. */
  there(done: readonly string[]): readonly string[];
}

/** One factory per kind: a proof names the factory in a child process. */
export const create = harnessOf({
  async begin({ store: { db } }, engine) {
    const { id: computePoolId } = await db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
    return engine.begin('instance.create-batch', {
      params: { computePoolId, names, pattern: configOf('pattern'), start: true } satisfies CreateBatchParams,
      target: batchTarget(names),
      createdBy: null,
      childTotal: names.length,
    });
  },
  there: (done) => done,
});

const existing = names.map((name, index) => ({
  id: `00000000-0000-7000-8000-0000000000f${index}` as InstanceId,
  name,
}));
export const remove = harnessOf({
  async begin(world, engine) {
    for (const { id, name } of existing) await arrange(world, configOf(name, id));
    return engine.begin('instance.delete-batch', {
      params: { instances: existing } satisfies OrderBatchParams,
      target: batchTarget(names),
      createdBy: null,
      childTotal: names.length,
    });
  },
  there: (done) => existing.filter(({ id }) => !done.includes(id)).map(({ name }) => name),
});

function harnessOf({ begin, there }: Story) {
  return async ({ databaseUrl, directory }: ProofEnvironment): Promise<TransactionHarness> => {
    const store = await openStore({ url: databaseUrl, log: silentLogger });
    const domain = createMemoryDomain();
    const member = domain.join({ type: 'control-server', name: 'control' });
    const node = new TestNode(domain, 'node', { id: nodeId, stateFile: join(directory, 'node.json') });
    const board = new LoadBoard(systemClock);
    let proven: Engine | undefined;
    const workOn: WorkOn = (id) => proven?.workOn({ kind: 'instance', id });
    const supervisor = new NodeSupervisor({ store, member, board, workOn, clock: systemClock, log: silentLogger });
    await member.start();
    await node.start();
    const seen = { id: nodeId, name: 'node', address: 'memory' };
    await store.tx((tx) => saveNodes(tx, [{ seen, facts: node.facts }]));
    await supervisor.start();
    const peers = createPeers({ member, clock: systemClock });
    const world = { store, node };
    return {
      store,
      definitions: instanceTransactions({ store, peers, board, clock: systemClock }),
      begin(engine) {
        proven = engine;
        return begin(world, engine);
      },
      verifyDone: (operation) => eventually(() => requireTruth(world, there, operation, names.length)),
      verifyNothingLeft: (operation) => eventually(() => requireTruth(world, there, operation)),
      async close() {
        await supervisor[Symbol.asyncDispose]();
        board[Symbol.dispose]();
        await node.member[Symbol.asyncDispose]();
        await member[Symbol.asyncDispose]();
        await store.close();
      },
    };
  };
}

/** A running instance as a creation that succeeded would have left it. */
async function arrange({ store, node }: World, config: InstanceConfig): Promise<void> {
  const seen = { generation: 1, sequence: 1, state: 'running', stopReason: null } as const;
  node.hold({ ...seen, order: 'prepare 1', config });
  const pool = await store.db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
  const reservation = {
    computePoolId: pool.id,
    config,
    wanted: 'running',
    placements: new Placements(() => null),
  } as const;
  await store.tx(async (tx) => {
    const operation = newId<OperationId>();
    await reserveInstance(tx, { ...reservation, actor: null }, operation);
    const report = { ...seen, instanceId: config.id, stopDetail: null, pid: null, address: null };
    await settleInstances(tx, [{ instanceId: config.id, report, operation, undone: false }]);
  });
}

function configOf(name: string, id = newId<InstanceId>()): InstanceConfig {
  const diskId = newId<CreateBatchParams['pattern']['disks'][number]['id']>();
  return {
    ...{ id, name, ...size, iso: null },
    nics: [{ mode: privateMode, macAddress: macAddressOf(id), address: null }],
    disks: [{ id: diskId, sizeBytes: GiB, image: null, volume: localVolume(diskId) }],
  };
}

/** What a node reports by itself may come a moment after the end of the operation. */
async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(10);
    }
  }
}

/** The instances that the children which succeeded leave, all of them running, on the node and in its accounts; nothing is claimed any more. */
async function requireTruth(
  { store: { db }, node }: World,
  there: Story['there'],
  operation: Operation | undefined,
  succeeded?: number,
): Promise<void> {
  const instances = await db.selectFrom('instance').select(['id', 'name', 'state']).orderBy('name').execute();
  const children = await db
    .selectFrom('operation')
    .select(['child_key', 'state'])
    .where('parent', 'is not', null)
    .execute();
  const claims = await db.selectFrom('operation_claim').selectAll().execute();
  const accounts = await db.selectFrom('account').select(['resource', 'promised']).execute();
  const promised = Object.fromEntries(accounts.map(({ resource, promised }) => [resource, Number(promised)]));
  const found = JSON.stringify({ instances, children, claims, promised, onNode: [...node.instances.keys()] });
  const done = children.flatMap(({ state, child_key }) => (state === 'succeeded' && child_key ? [child_key] : []));
  if (!operation && children.length > 0) throw new Error(`children without a parent: ${found}`);
  if (new Set(children.map(({ child_key }) => child_key)).size < children.length)
    throw new Error(`made twice: ${found}`);
  if (instances.map(({ name }) => name).join() !== there(done).toSorted().join())
    throw new Error(`not whole: ${found}`);
  if (instances.some(({ state }) => state !== 'running')) throw new Error(`not running: ${found}`);
  if (node.instances.size !== instances.length) throw new Error(`the node has others: ${found}`);
  if (claims.length > 0) throw new Error(`something is held: ${found}`);
  const count = instances.length;
  if ((promised['memory-bytes'] ?? 0) !== count * size.memoryBytes || (promised.instances ?? 0) !== count)
    throw new Error(`the books are not exact: ${found}`);
  if (succeeded !== undefined && done.length !== succeeded)
    throw new Error(`${done.length} instead of ${succeeded}: ${found}`);
}
