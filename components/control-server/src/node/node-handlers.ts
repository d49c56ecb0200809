/** REST of nodes. */
import type { Store } from '@zhiyun/store';
import type { LoadBoard } from '../monitor/load-board.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import { actorOf, type RestHandlers } from '../rest/rest-handlers.ts';
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
      const computePoolId = computePool && (await resolveReference(db, 'compute-pool', computePool, 'computePool'));
      return listNodes(db, { limit, cursor, search, computePoolId: computePoolId || undefined }, loadOf);
    },
    getNode: async ({ params }) => getNode(db, await resolveReference(db, 'node', params.id), loadOf),
    async updateNode({ params, body, principal }) {
      const id = await resolveReference(db, 'node', params.id);
      const pool = body.computePool;
      const computePoolId =
        typeof pool === 'string' ? await resolveReference(db, 'compute-pool', pool, 'computePool') : pool;
      const change = { name: body.name, schedulable: body.schedulable, computePoolId };
      await store.tx((tx) => changeNode(tx, id, change, actorOf(principal)));
      return getNode(db, id, loadOf);
    },
    getNodeLoad: async ({ params }) => ({ items: board.nodeSeries(await resolveReference(db, 'node', params.id)) }),
  };
}
