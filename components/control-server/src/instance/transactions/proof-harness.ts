/**
 * The world in which the transactions of instances are proven: one node that keeps its state in a file, as a real one does,
 * so that it outlives the processes that are killed. Loaded by child processes: no test framework in it.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DiskId,
  GiB,
  type InstanceId,
  MiB,
  type NodeId,
  type Operation,
  type OperationId,
  type OperationKind,
} from '@zhiyun/contracts';
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
import { selectNodeAccounts } from '../../placement/node-accounts.ts';
import { Placements } from '../../placement/placements.ts';
import { acceptOrders } from '../accept-order.ts';
import { nextGenerations } from '../generations.ts';
import { type Order, orders } from '../instance-orders.ts';
import { macAddressOf } from '../mac-address.ts';
import { reserveInstance } from '../reserve-instance.ts';
import { workingOn } from '../state/next-state.ts';
import { settleInstances } from '../state/settle-instances.ts';
import { instanceTransactions } from './instance-transactions.ts';

const nodeId = '00000000-0000-7000-8000-00000000000a' as NodeId;
const id = '00000000-0000-7000-8000-0000000000ff' as InstanceId;
const diskId = newId<DiskId>();
const config: InstanceConfig = {
  id,
  name: 'web',
  cores: 1,
  memoryBytes: 256 * MiB,
  nics: [{ mode: privateMode, macAddress: macAddressOf(id), address: null }],
  disks: [{ id: diskId, sizeBytes: GiB, image: null, volume: localVolume(diskId) }],
  iso: null,
};
const target = { kind: 'instance', id, name: config.name } as const;

interface World {
  store: Store;
  node: TestNode;
}

interface Story {
  /** What the instance is before; undefined: it is not. */
  before?: 'prepared' | 'running';
  begin(world: World, engine: Engine): Promise<Operation>;
  /** What the node and what users see when it is done; undefined: the instance is no more. */
  done: 'running' | 'stopped' | undefined;
  /** The same when nothing may be left of it. Undefined: as the node says, whatever that is. */
  undone?: 'gone' | 'stopped';
}

function orderStory(name: keyof typeof orders, more: Omit<Story, 'begin'>, params: object = {}): Story {
  return {
    ...more,
    begin: (_, engine) => {
      const order: Order = orders[name];
      const { kind, action, shows, wants } = order;
      const { first: generation } = nextGenerations(nextGenerations(0).last);
      return engine.begin(kind, {
        params: { instanceId: id, nodeId, generation, ...params },
        target,
        createdBy: null,
        within: (tx, operation) => acceptOrders(tx, [{ instanceId: id, action, generation, shows, wants, operation }]),
      });
    },
  };
}

const stories = {
  'instance.create': {
    begin: ({ store }, engine) =>
      engine.begin('instance.create', {
        params: { instanceId: id, config, start: true, generation: nextGenerations(0).first },
        target,
        createdBy: null,
        within: async (tx, operation) => reserve(store, tx, operation),
      }),
    done: 'running',
    undone: 'gone',
  },
  'instance.start': orderStory('start', { before: 'prepared', done: 'running', undone: 'stopped' }, { config }),
  'instance.stop': orderStory('stop', { before: 'running', done: 'stopped' }, { timeoutSeconds: 5 }),
  'instance.kill': orderStory('kill', { before: 'running', done: 'stopped' }),
  'instance.reboot': orderStory('reboot', { before: 'running', done: 'running' }, { config, timeoutSeconds: 5 }),
  'instance.reset': orderStory('reset', { before: 'running', done: 'running' }),
  'instance.delete': orderStory('delete', { before: 'running', done: undefined }),
} satisfies Partial<Record<OperationKind, Story>>;

export const provenKinds = Object.keys(stories) as (keyof typeof stories)[];

/** One factory per kind, named as the kind's second half: a proof names the factory in a child process. */
export const create = harnessOf('instance.create');
export const start = harnessOf('instance.start');
export const stop = harnessOf('instance.stop');
export const kill = harnessOf('instance.kill');
export const reboot = harnessOf('instance.reboot');
export const reset = harnessOf('instance.reset');
export { deletion as delete };

const deletion = harnessOf('instance.delete');

function harnessOf(kind: keyof typeof stories) {
  return async ({ databaseUrl, directory }: ProofEnvironment): Promise<TransactionHarness> => {
    const story: Story = stories[kind];
    const store = await openStore({ url: databaseUrl, log: silentLogger });
    const domain = createMemoryDomain();
    const member = domain.join({ type: 'control-server', name: 'control' });
    const node = new TestNode(domain, 'node', { id: nodeId, stateFile: join(directory, 'node.json') });
    const world = { store, node };
    const board = new LoadBoard(systemClock);
    let proven: Engine | undefined;
    const workOn: WorkOn = (id) => proven?.workOn({ kind: 'instance', id });
    const supervisor = new NodeSupervisor({ store, member, board, workOn, clock: systemClock, log: silentLogger });
    await member.start();
    await node.start();
    await store.tx((tx) =>
      saveNodes(tx, [{ seen: { id: nodeId, name: 'node', address: 'memory' }, facts: node.facts }]),
    );
    await supervisor.start();
    const peers = createPeers({ member, clock: systemClock });
    return {
      store,
      definitions: instanceTransactions({ store, peers, board, clock: systemClock }),
      async begin(engine) {
        proven = engine;
        if (story.before) await arrange(world, story.before);
        return story.begin(world, engine);
      },
      verifyDone: () => eventually(() => requireTruth(world, story.done ?? 'gone')),
      verifyNothingLeft: () => eventually(() => requireTruth(world, story.undone)),
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

async function reserve(store: Store, tx: Parameters<typeof reserveInstance>[0], operation: OperationId): Promise<void> {
  const pool = await store.db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
  const placements = new Placements(() => null);
  await reserveInstance(tx, { computePoolId: pool.id, config, wanted: 'running', placements, actor: null }, operation);
}

/** An instance as a creation that succeeded would have left it. */
async function arrange({ store, node }: World, state: 'prepared' | 'running'): Promise<void> {
  node.hold({ generation: 1, order: 'prepare 1', sequence: 1, state, stopReason: null, config });
  await store.tx(async (tx) => {
    const operation = newId<OperationId>();
    await reserve(store, tx, operation);
    const seen = { instanceId: id, generation: 1, sequence: 1, state, stopReason: null, stopDetail: null };
    const report = { ...seen, pid: null, address: null };
    await settleInstances(tx, [{ instanceId: id, report, operation, undone: false }]);
  });
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

/** What users see is what the node has, and what is promised is what there is. */
async function requireTruth({ store, node }: World, expected: Story['undone'] | 'running'): Promise<void> {
  const row = await store.db.selectFrom('instance').selectAll().where('id', '=', id).executeTakeFirst();
  const { memory_bytes_promised: promised, instance_count: count } = await selectNodeAccounts(
    store.db,
    'few',
  ).executeTakeFirstOrThrow();
  const held = node.instances.get(id);
  const found = JSON.stringify({ shown: row?.state, onNode: held?.state, promised, count });
  if (row ? count !== 1 || promised !== row.memory_bytes : count !== 0 || promised !== 0)
    throw new Error(`promises do not fit: ${found}`);
  if (row && workingOn(row.state) !== null) throw new Error(`left in between: ${found}`);
  if (held && held.state !== row?.state && !(held.state === 'prepared' && row?.state === 'stopped'))
    throw new Error(`shown is not what is: ${found}`);
  if (expected === 'gone' ? row || held : expected && row?.state !== expected)
    throw new Error(`expected ${expected}, found ${found}`);
}
