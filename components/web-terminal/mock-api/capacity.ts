/** Counts and capacities, worked out from the arrays whenever somebody asks. */
import {
  type Amount,
  type Capacity,
  type ComputePool,
  type InstanceDetail,
  instanceStates,
  type Node,
  nodeStates,
} from '@zhiyun/contracts';
import type { Db } from './db.ts';
import { nodeLoad } from './samples.ts';

const emptyAmount = (): Amount => ({ total: 0, promised: 0, used: 0 });
const empty = (): Capacity => ({ cores: emptyAmount(), memoryBytes: emptyAmount(), diskBytes: emptyAmount() });

function plus(a: Amount, b: Amount): Amount {
  return {
    total: a.total + b.total,
    promised: a.promised + b.promised,
    used: a.used === null || b.used === null ? (a.used ?? b.used) : a.used + b.used,
  };
}

export function sumOf(capacities: readonly Capacity[]): Capacity {
  return capacities.reduce(
    (total, each) => ({
      cores: plus(total.cores, each.cores),
      memoryBytes: plus(total.memoryBytes, each.memoryBytes),
      diskBytes: plus(total.diskBytes, each.diskBytes),
    }),
    empty(),
  );
}

const diskOf = (instance: InstanceDetail) => instance.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** The node as it is now: its load and what is promised on it. */
export function nodeNow(db: Db, node: Node): Node {
  const pool = db.pools.find(({ id }) => id === node.computePool?.id);
  const on = db.instances.filter((instance) => instance.node?.id === node.id);
  const facts = node.facts;
  if (!facts) return node;
  const heard = node.state !== 'offline';
  const load = heard ? nodeLoad({ id: node.id, ...facts }, Date.now()) : null;
  const sum = (pick: (instance: InstanceDetail) => number) => on.reduce((total, instance) => total + pick(instance), 0);
  return {
    ...node,
    instanceCount: on.length,
    load,
    capacity: {
      cores: {
        total: facts.cores * (pool?.cpuOvercommit ?? 1),
        promised: sum(({ cores }) => cores),
        used: load ? load.cpu * facts.cores : null,
      },
      memoryBytes: {
        total: facts.memoryBytes,
        promised: sum(({ memoryBytes }) => memoryBytes),
        used: load?.memoryUsedBytes ?? null,
      },
      diskBytes: {
        total: facts.diskBytes * (pool?.diskOvercommit ?? 1),
        promised: sum(diskOf),
        used: load?.diskUsedBytes ?? null,
      },
    },
  };
}

export function poolNow(db: Db, pool: ComputePool): ComputePool {
  const nodes = db.nodes.filter(({ computePool }) => computePool?.id === pool.id);
  return {
    ...pool,
    nodeCount: nodes.length,
    instanceCount: db.instances.filter(({ computePool }) => computePool.id === pool.id).length,
    capacity: sumOf(nodes.map((node) => nodeNow(db, node).capacity)),
  };
}

function countBy<State extends string>(
  states: readonly State[],
  items: readonly { state: State }[],
): Record<State, number> {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  for (const { state } of items) counts[state]++;
  return counts;
}

export const instanceCounts = (db: Db) => countBy(instanceStates, db.instances);
export const nodeCounts = (db: Db) => countBy(nodeStates, db.nodes);
