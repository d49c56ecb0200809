/** System, pools and nodes. */
import { type ComputePool, computePoolIdSchema, domainIdSchema } from '@zhiyun/contracts';
import { componentCounts, instanceCounts, nodeCounts, nodeNow, nodesNow, poolNow, sumOf } from '../capacity.ts';
import { actorOf, type Db, type MockUser, type World } from '../db.ts';
import type { Some } from '../handler.ts';
import { MockError } from '../mock-error.ts';
import { fits, found, isReference, pageOf, referenced, refuseTakenName } from '../paging.ts';
import { nodeLoads, systemLoadAt, systemLoads } from '../samples.ts';
import { seededId } from '../seed.ts';

function machines(db: Db) {
  return db.nodes.flatMap(({ id, facts, state }) => (facts && state !== 'offline' ? [{ id, ...facts }] : []));
}

function tellPool(world: World, what: string, { id, name }: ComputePool, user: MockUser): void {
  world.tell({ kind: `compute-pool.${what}`, subject: { kind: 'compute-pool', id, name }, actor: actorOf(user) });
}

export const systemHandlers: Some<'getSystem' | 'getSystemLoad'> = {
  getSystem({ world: { db } }) {
    const now = Date.now();
    return {
      version: '0.1.0',
      domain: { id: domainIdSchema.parse(seededId('domain', 1)), name: 'zhiyun.lab' },
      startedAt: db.startedAt,
      time: new Date(now).toISOString(),
      capacity: sumOf(nodesNow(db, db.nodes).map(({ capacity }) => capacity)),
      cpuLoad: systemLoadAt(machines(db), now).cpu,
      instances: instanceCounts(db),
      nodes: nodeCounts(db),
      images: db.images.filter(({ state }) => state === 'ready').length,
      activeOperations: db.operations.filter(({ endedAt }) => endedAt === null).length,
      components: componentCounts(db),
    };
  },
  getSystemLoad: ({ world: { db } }) => ({ items: systemLoads(machines(db), Date.now()) }),
};

export const poolHandlers: Some<
  'listComputePools' | 'createComputePool' | 'getComputePool' | 'updateComputePool' | 'deleteComputePool'
> = {
  listComputePools({ query, world: { db } }) {
    const pools = db.pools.filter(({ name }) => fits(name, query.search)).map((pool) => poolNow(db, pool));
    return pageOf(pools, query, ({ id }) => id);
  },
  createComputePool({ body, world, user }) {
    refuseTakenName(world.db.pools, body.name);
    const zero = { total: 0, promised: 0, used: null };
    const pool: ComputePool = {
      id: computePoolIdSchema.parse(crypto.randomUUID()),
      storageMode: 'local',
      networkMode: 'private',
      nodeCount: 0,
      instanceCount: 0,
      capacity: { cores: zero, memoryBytes: zero, diskBytes: zero },
      createdAt: new Date().toISOString(),
      ...body,
    };
    world.db.pools.push(pool);
    tellPool(world, 'created', pool, user);
    return poolNow(world.db, pool);
  },
  getComputePool: ({ params, world: { db } }) => poolNow(db, found(db.pools, params.id, 'compute pool')),
  updateComputePool({ params, body, world, user }) {
    const pool = found(world.db.pools, params.id, 'compute pool');
    if (body.name) refuseTakenName(world.db.pools, body.name, pool.id);
    Object.assign(pool, body);
    for (const each of [...world.db.nodes, ...world.db.instances]) {
      if (each.computePool?.id === pool.id) each.computePool.name = pool.name;
    }
    tellPool(world, 'changed', pool, user);
    return poolNow(world.db, pool);
  },
  deleteComputePool({ params, world, user }) {
    const pool = poolNow(world.db, found(world.db.pools, params.id, 'compute pool'));
    if (pool.instanceCount > 0 || pool.nodeCount > 0) {
      throw new MockError('in-use', `The pool "${pool.name}" still has nodes or instances; move or delete them first.`);
    }
    world.db.pools = world.db.pools.filter(({ id }) => id !== pool.id);
    tellPool(world, 'deleted', pool, user);
    return undefined;
  },
};

export const nodeHandlers: Some<'listNodes' | 'getNode' | 'updateNode' | 'getNodeLoad'> = {
  listNodes({ query, world: { db } }) {
    const nodes = db.nodes
      .filter(({ name }) => fits(name, query.search))
      .filter(({ computePool }) => !query.computePool || (computePool && isReference(computePool, query.computePool)));
    const page = pageOf(nodes, query, ({ id }) => id);
    return { ...page, items: nodesNow(db, page.items) };
  },
  getNode: ({ params, world: { db } }) => nodeNow(db, found(db.nodes, params.id, 'node')),
  updateNode({ params, body, world, user }) {
    const { db } = world;
    const node = found(db.nodes, params.id, 'node');
    if (body.name) refuseTakenName(db.nodes, body.name, node.id);
    if (body.computePool !== undefined) {
      const pool =
        body.computePool === null ? null : referenced(db.pools, body.computePool, 'compute pool', 'computePool');
      const held = db.instances.filter((instance) => instance.node?.id === node.id).length;
      if (held > 0 && pool?.id !== node.computePool?.id) {
        throw new MockError(
          'in-use',
          `The node "${node.name}" holds ${held} instances of its pool; delete them first.`,
        );
      }
      node.computePool = pool && { id: pool.id, name: pool.name };
    }
    if (body.name) node.name = body.name;
    if (body.schedulable !== undefined) node.schedulable = body.schedulable;
    world.tell({
      kind: 'node.changed',
      subject: { kind: 'node', id: node.id, name: node.name },
      actor: actorOf(user),
    });
    return nodeNow(db, node);
  },
  getNodeLoad({ params, world: { db } }) {
    const node = found(db.nodes, params.id, 'node');
    return {
      items: node.facts && node.state !== 'offline' ? nodeLoads({ id: node.id, ...node.facts }, Date.now()) : [],
    };
  },
};
