/** Compute pools: rows, and as the API shows them with the sums over their nodes. */

import {
  type Capacity,
  type ComputePool,
  type ComputePoolId,
  type Event,
  type EventKind,
  type NodeId,
  type NodeLoad,
  type Page,
  type Sentence,
  say,
} from '@zhiyun/contracts';
import { newId, PlatformError } from '@zhiyun/kernel';
import { type Database, page, recordEvent, type Tx } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';
import { pageOfIds } from '../list/page-of-ids.ts';
import { searchByName } from '../list/search.ts';
import { capacityOf, sumCapacities } from '../node/node-capacity.ts';
import { selectNodes } from '../node/node-list.ts';
import { notFound, uniqueName } from '../reference/named.ts';

type LoadOf = (nodeId: NodeId) => NodeLoad | null;
type PoolRow = Selectable<Database['compute_pool']>;
export interface PoolFields {
  name: string;
  description: string;
  cpuOvercommit: number;
  diskOvercommit: number;
}

/** How many names a refusal lists. */
const namedHolders = 10;

export async function listComputePools(
  db: Kysely<Database>,
  query: { limit: number; cursor?: string | undefined; search?: string | undefined },
  loadOf: LoadOf,
): Promise<Page<ComputePool>> {
  return page<PoolRow, ComputePool>(query, {
    list: 'compute-pools:name',
    keyOf: ({ name }) => [name],
    async read(after, count) {
      const ids = await pageOfIds(db, {
        ...{ table: 'compute_pool', keys: ['name'], descending: false, limit: count - 1, conditions: [] },
        narrowings: [query.search ? searchByName('compute_pool', query.search) : undefined],
        after: after && sql`name > ${String(after[0])}`,
      });
      const pools = db.selectFrom('compute_pool').selectAll().orderBy('name');
      return pools.where(sql<boolean>`id in ${ids}`).execute();
    },
    show: (rows) => withNodes(db, rows, loadOf),
  });
}

export async function getComputePool(db: Kysely<Database>, id: ComputePoolId, loadOf: LoadOf): Promise<ComputePool> {
  const rows = await db.selectFrom('compute_pool').selectAll().where('id', '=', id).execute();
  const [pool] = await withNodes(db, rows, loadOf);
  if (!pool) throw notFound('compute-pool', id);
  return pool;
}

export async function insertComputePool(tx: Tx, fields: PoolFields, actor: Event['actor']): Promise<ComputePoolId> {
  const id = newId<ComputePoolId>();
  const pool = { id, ...columnsOf(fields) };
  await named(fields.name, tx.insertInto('compute_pool').values(pool).execute());
  await record(tx, 'compute-pool.created', id, fields.name, actor);
  return id;
}

export async function changeComputePool(
  tx: Tx,
  id: ComputePoolId,
  change: Partial<PoolFields>,
  actor: Event['actor'],
): Promise<void> {
  const row = await tx
    .selectFrom('compute_pool')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const fields = {
    name: change.name ?? row.name,
    description: change.description ?? row.description,
    cpuOvercommit: change.cpuOvercommit ?? row.cpu_overcommit,
    diskOvercommit: change.diskOvercommit ?? row.disk_overcommit,
  };
  await named(fields.name, tx.updateTable('compute_pool').set(columnsOf(fields)).where('id', '=', id).execute());
  await record(tx, 'compute-pool.changed', id, fields.name, actor);
}

/** Throws `in-use` with the names of what is in it. The foreign keys keep what comes at the same moment. */
export async function deleteComputePool(tx: Tx, id: ComputePoolId, actor: Event['actor']): Promise<void> {
  const { name } = await tx
    .selectFrom('compute_pool')
    .select('name')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const holders = await holdersOf(tx, id);
  if (holders) throw new PlatformError('in-use', say('compute-pool.in-use', { name, holders }));
  await tx.deleteFrom('compute_pool').where('id', '=', id).execute();
  await record(tx, 'compute-pool.deleted', id, name, actor);
}

async function holdersOf(tx: Tx, id: ComputePoolId): Promise<Sentence[] | undefined> {
  const found: Sentence[] = [];
  for (const table of ['node', 'instance'] as const) {
    const rows = await tx
      .selectFrom(table)
      .select('name')
      .where('compute_pool_id', '=', id)
      .orderBy('name')
      .limit(namedHolders + 1)
      .execute();
    if (rows.length === 0) continue;
    const names = rows.slice(0, namedHolders).map((row) => row.name);
    if (rows.length > namedHolders) names.push('…');
    found.push(say(`compute-pool.holds-${table}s`, { names: names.join(', ') }));
  }
  return found.length > 0 ? found : undefined;
}

async function withNodes(db: Kysely<Database>, pools: readonly PoolRow[], loadOf: LoadOf): Promise<ComputePool[]> {
  if (pools.length === 0) return [];
  const ids = pools.map(({ id }) => id);
  const nodes = await selectNodes(db, 'few').where('node.compute_pool_id', 'in', ids).execute();
  const byPool = Map.groupBy(nodes, (node) => node.compute_pool_id);
  return pools.map((pool) => {
    const own = byPool.get(pool.id) ?? [];
    const capacities: Capacity[] = own.map((node) => capacityOf(node, loadOf(node.id)));
    return {
      id: pool.id,
      name: pool.name,
      description: pool.description,
      storageMode: pool.storage_mode,
      networkMode: pool.network_mode,
      cpuOvercommit: pool.cpu_overcommit,
      diskOvercommit: pool.disk_overcommit,
      nodeCount: own.length,
      instanceCount: own.reduce((count, node) => count + node.instance_count, 0),
      capacity: sumCapacities(capacities),
      createdAt: pool.created_at.toISOString(),
    };
  });
}

function columnsOf(fields: PoolFields) {
  return {
    name: fields.name,
    description: fields.description,
    cpu_overcommit: fields.cpuOvercommit,
    disk_overcommit: fields.diskOvercommit,
  };
}

const named = <T>(name: string, writing: Promise<T>) =>
  uniqueName('compute-pool', name, 'compute_pool_name_key', writing);

async function record(tx: Tx, kind: EventKind, id: ComputePoolId, name: string, actor: Event['actor']): Promise<void> {
  await recordEvent(tx, { kind, subject: { kind: 'compute-pool', id, name }, actor });
}
