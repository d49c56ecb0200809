/** Nodes as the API shows them: the row, the pool's overcommit, and the load from the board. */

import type { ComputePoolId, Node, NodeId, NodeLoad, Page } from '@zhiyun/contracts';
import { type Database, decodeCursor, encodeCursor } from '@zhiyun/store';
import type { Kysely } from 'kysely';
import { containing } from '../instance/name-search.ts';
import { notFound } from '../rest/named.ts';
import { capacityOf } from './node-capacity.ts';

export interface NodeQuery {
  limit: number;
  cursor?: string | undefined;
  search?: string | undefined;
  computePoolId?: ComputePoolId | undefined;
}
type LoadOf = (nodeId: NodeId) => NodeLoad | null;

const list = 'nodes:name';

export async function listNodes(db: Kysely<Database>, query: NodeQuery, loadOf: LoadOf): Promise<Page<Node>> {
  let select = selectNodes(db)
    .orderBy('node.name')
    .limit(query.limit + 1);
  if (query.cursor !== undefined) select = select.where('node.name', '>', String(decodeCursor(list, query.cursor)[0]));
  if (query.search) select = select.where('node.name', 'ilike', containing(query.search));
  if (query.computePoolId) select = select.where('node.compute_pool_id', '=', query.computePoolId);
  const rows = await select.execute();
  const items = rows.slice(0, query.limit).map((row) => nodeOf(row, loadOf(row.id)));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? encodeCursor(list, [last.name]) : null };
}

export async function getNode(db: Kysely<Database>, id: NodeId, loadOf: LoadOf): Promise<Node> {
  const row = await selectNodes(db).where('node.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('node', id);
  return nodeOf(row, loadOf(id));
}

export function selectNodes(db: Kysely<Database>) {
  return db
    .selectFrom('node')
    .leftJoin('compute_pool as pool', 'pool.id', 'node.compute_pool_id')
    .selectAll('node')
    .select(['pool.name as pool_name', 'pool.cpu_overcommit', 'pool.disk_overcommit']);
}
type NodeRow = Awaited<ReturnType<ReturnType<typeof selectNodes>['execute']>>[number];

function nodeOf(row: NodeRow, load: NodeLoad | null): Node {
  return {
    id: row.id,
    name: row.name,
    computePool:
      row.compute_pool_id && row.pool_name !== null ? { id: row.compute_pool_id, name: row.pool_name } : null,
    state: row.state,
    stateSince: row.state_since.toISOString(),
    schedulable: row.schedulable,
    address: row.address,
    instanceCount: row.instance_count,
    capacity: capacityOf(row, load),
    load,
    facts: row.facts,
    joinedAt: row.joined_at.toISOString(),
  };
}
