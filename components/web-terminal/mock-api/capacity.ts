/** Counts and capacities, worked out from the arrays whenever somebody asks. */
import {
  type Amount,
  type Capacity,
  type ComputePool,
  componentStates,
  instanceStates,
  type Node,
  nodeStates,
  type System,
} from '@zhiyun/contracts';
import { componentTypes } from '@zhiyun/contracts/links';
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

/** What the instances on a node hold together. */
interface Holding {
  count: number;
  cores: number;
  memoryBytes: number;
  diskBytes: number;
}
const nothing: Holding = { count: 0, cores: 0, memoryBytes: 0, diskBytes: 0 };

/** By node, in one pass: there may be a hundred thousand instances. */
function holdings(db: Db): Map<string, Holding> {
  const byNode = new Map<string, Holding>();
  for (const { node, cores, memoryBytes, disks } of db.instances) {
    if (!node) continue;
    const held = byNode.get(node.id) ?? { ...nothing };
    held.count++;
    held.cores += cores;
    held.memoryBytes += memoryBytes;
    for (const { sizeBytes } of disks) held.diskBytes += sizeBytes;
    byNode.set(node.id, held);
  }
  return byNode;
}

/** The nodes as they are now: their load and what is promised on them. */
export function nodesNow(db: Db, nodes: readonly Node[]): Node[] {
  const held = holdings(db);
  return nodes.map((node) => withHolding(db, node, held.get(node.id) ?? nothing));
}

export function nodeNow(db: Db, node: Node): Node {
  return nodesNow(db, [node])[0] ?? node;
}

function withHolding(db: Db, node: Node, held: Holding): Node {
  const { facts } = node;
  if (!facts) return node;
  const pool = db.pools.find(({ id }) => id === node.computePool?.id);
  const load = node.state === 'offline' ? null : nodeLoad({ id: node.id, ...facts }, Date.now());
  return {
    ...node,
    instanceCount: held.count,
    load,
    capacity: {
      cores: {
        total: facts.cores * (pool?.cpuOvercommit ?? 1),
        promised: held.cores,
        used: load ? load.cpu * facts.cores : null,
      },
      memoryBytes: {
        total: facts.memoryBytes,
        promised: held.memoryBytes,
        used: load?.memoryUsedBytes ?? null,
      },
      diskBytes: {
        total: facts.diskBytes * (pool?.diskOvercommit ?? 1),
        promised: held.diskBytes,
        used: load?.diskUsedBytes ?? null,
      },
    },
  };
}

/** A pool's instances are those on its nodes: the platform lets no node with instances change its pool. */
export function poolNow(db: Db, pool: ComputePool): ComputePool {
  const nodes = nodesNow(
    db,
    db.nodes.filter(({ computePool }) => computePool?.id === pool.id),
  );
  return {
    ...pool,
    nodeCount: nodes.length,
    instanceCount: nodes.reduce((sum, { instanceCount }) => sum + instanceCount, 0),
    capacity: sumOf(nodes.map(({ capacity }) => capacity)),
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

/** Types that the domain does not have are left out. */
export function componentCounts({ components }: Db): System['components'] {
  const byType = Map.groupBy(components, ({ type }) => type);
  return componentTypes.flatMap((type) => {
    const each = byType.get(type);
    return each ? [{ type, counts: countBy(componentStates, each) }] : [];
  });
}
