/** REST of compute pools. */
import type { Store } from '@zhiyun/store';
import type { LoadBoard } from '../monitor/load-board.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import { actorOf, type RestHandlers } from '../rest/rest-handlers.ts';
import {
  changeComputePool,
  deleteComputePool,
  getComputePool,
  insertComputePool,
  listComputePools,
  type PoolFields,
} from './compute-pool-store.ts';

export interface ComputePoolHandlersDeps {
  store: Store;
  board: LoadBoard;
}
export type ComputePoolHandlers = Pick<
  RestHandlers,
  'listComputePools' | 'createComputePool' | 'getComputePool' | 'updateComputePool' | 'deleteComputePool'
>;

export function computePoolHandlers({ store, board }: ComputePoolHandlersDeps): ComputePoolHandlers {
  const { db } = store;
  const loadOf = board.nodeLoad.bind(board);
  const idOf = (reference: string) => resolveReference(db, 'compute-pool', reference);
  return {
    listComputePools: ({ query }) => listComputePools(db, query, loadOf),
    getComputePool: async ({ params }) => getComputePool(db, await idOf(params.id), loadOf),
    async createComputePool({ body, principal }) {
      const id = await store.tx((tx) => insertComputePool(tx, body, actorOf(principal)));
      return getComputePool(db, id, loadOf);
    },
    async updateComputePool({ params, body, principal }) {
      const id = await idOf(params.id);
      await store.tx((tx) => changeComputePool(tx, id, body as Partial<PoolFields>, actorOf(principal)));
      return getComputePool(db, id, loadOf);
    },
    async deleteComputePool({ params, principal }) {
      const id = await idOf(params.id);
      await store.tx((tx) => deleteComputePool(tx, id, actorOf(principal)));
      return undefined;
    },
  };
}
