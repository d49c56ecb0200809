/** REST of nodes. */
import type { Store } from '@zhiyun/store';
import { resolveReference } from '../instance/references.ts';
import type { LoadBoard } from '../monitor/load-board.ts';
import type { RestHandlers } from '../rest/rest-handlers.ts';
import { getNode, listNodes } from './node-list.ts';
import { changeNode } from './node-store.ts';

export interface NodeHandlersDeps {
  store: Store;
  board: LoadBoard;
}
export type NodeHandlers = Pick<RestHandlers, 'listNodes' | 'getNode' | 'updateNode' | 'getNodeLoad'>;

export function nodeHandlers({ store, board }: NodeHandlersDeps): NodeHandlers {
  const { db } = store;
  const loadOf = board.nodeLoad.bind(board);
  return {
    async listNodes({ query }) {
      const { limit, cursor, search, computePool } = query;
      const computePoolId = computePool && (await resolveReference(db, 'compute_pool', computePool, 'computePool'));
      return listNodes(db, { limit, cursor, search, computePoolId: computePoolId || undefined }, loadOf);
    },
    getNode: async ({ params }) => getNode(db, await resolveReference(db, 'node', params.id), loadOf),
    async updateNode({ params, body, principal }) {
      const id = await resolveReference(db, 'node', params.id);
      const pool = body.computePool;
      const computePoolId =
        typeof pool === 'string' ? await resolveReference(db, 'compute_pool', pool, 'computePool') : pool;
      const change = { name: body.name, schedulable: body.schedulable, computePoolId };
      await store.tx((tx) => changeNode(tx, id, change, { id: principal.userId, username: principal.username }));
      return getNode(db, id, loadOf);
    },
    getNodeLoad: async ({ params }) => ({ items: board.nodeSeries(await resolveReference(db, 'node', params.id)) }),
  };
}
