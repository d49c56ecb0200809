/** Nodes for the API: row, the pool's overcommit, and live load from the board. */

import type { ComputePoolId, Node, NodeId, NodeLoad, Page } from '@zhiyun/contracts';
import { type Database, page } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { pageOfIds } from '../list/page-of-ids.ts';
import { searchByName } from '../list/search.ts';
import { type NodeReads, selectNodeAccounts } from '../placement/node-accounts.ts';
import { notFound } from '../reference/named.ts';
import { capacityOf } from './node-capacity.ts';

export interface NodeQuery {
  limit: number;
  cursor?: string | undefined;
  search?: string | undefined;
  computePoolId?: ComputePoolId | undefined;
}
type LoadOf = (nodeId: NodeId) => NodeLoad | null;

export async function listNodes(db: Kysely<Database>, query: NodeQuery, loadOf: LoadOf): Promise<Page<Node>> {
  return page<NodeRow, Node>(query, {
    list: 'nodes:name',
    keyOf: ({ name }) => [name],
    async read(after, count) {
      const ids = await pageOfIds(db, {
        ...{ table: 'node', keys: ['name'], descending: false, limit: count - 1 },
        conditions: query.computePoolId ? [sql`compute_pool_id = ${query.computePoolId}`] : [],
        narrowings: [query.search ? searchByName('node', query.search) : undefined],
        after: after && sql`name > ${String(after[0])}`,
      });
      return selectNodes(db, 'few').where(sql<boolean>`node.id in ${ids}`).orderBy('node.name').execute();
    },
    show: (rows) => rows.map((row) => nodeOf(row, loadOf(row.id))),
  });
}

export async function getNode(db: Kysely<Database>, id: NodeId, loadOf: LoadOf): Promise<Node> {
  const row = await selectNodes(db, 'few').where('node.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('node', id);
  return nodeOf(row, loadOf(id));
}

/** `reads`: as of `selectNodeAccounts`. */
export function selectNodes(db: Kysely<Database>, reads: NodeReads) {
  return selectNodeAccounts(db, reads)
    .leftJoin('compute_pool as pool', 'pool.id', 'node.compute_pool_id')
    .select(['node.id', 'node.name', 'node.compute_pool_id', 'node.state', 'node.state_since', 'node.schedulable'])
    .select(['node.address', 'node.facts', 'node.network', 'node.joined_at'])
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
    ...(row.network && { network: row.network.findings }),
    joinedAt: row.joined_at.toISOString(),
  };
}
