/** REST of instances. Consoles are in `../console`. */
import {
  type InstanceId,
  isUuid,
  rebootInstanceSchema,
  startInstanceSchema,
  stopInstanceSchema,
} from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import type { LoadBoard } from '../monitor/load-board.ts';
import type { Peers } from '../peers/peers.ts';
import { Placements } from '../placement/placements.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import { actorOf, askedBy, type RestHandlers } from '../rest/rest-handlers.ts';
import { requireAllowed } from './accept-order.ts';
import { beginCreation, beginOrders } from './batch/begin-batch.ts';
import { getInstance, listInstances } from './instance-list.ts';
import {
  type CreationDeps,
  giveUpShutdown,
  type OrdersDeps,
  order,
  orderCreation,
  orders,
  withConfig,
} from './instance-orders.ts';
import { changeBoot, renameInstance } from './instance-store.ts';
import { lockInstance } from './state/settle-instances.ts';
import { listInstanceMoves } from './state/state-history.ts';

export interface InstanceHandlersDeps extends OrdersDeps {
  board: LoadBoard;
  peers: Peers;
}
export type InstanceHandlers = Pick<
  RestHandlers,
  | 'listInstances'
  | 'createInstance'
  | 'createInstances'
  | 'startInstances'
  | 'stopInstances'
  | 'deleteInstances'
  | 'getInstance'
  | 'updateInstance'
  | 'deleteInstance'
  | 'startInstance'
  | 'stopInstance'
  | 'killInstance'
  | 'rebootInstance'
  | 'resetInstance'
  | 'getInstanceUsage'
  | 'listInstanceMoves'
  | 'getScreenshot'
>;

export function instanceHandlers(options: InstanceHandlersDeps): InstanceHandlers {
  const { store, board, peers } = options;
  const { db } = store;
  const deps: CreationDeps = { ...options, placements: new Placements((nodeId) => board.nodeLoad(nodeId)) };
  const idOf = (reference: string) => resolveReference(db, 'instance', reference);
  return {
    async listInstances({ query: { computePool, node, image, ...query } }) {
      return listInstances(db, {
        ...query,
        computePoolId: computePool ? await resolveReference(db, 'compute-pool', computePool, 'computePool') : undefined,
        nodeId: node ? await resolveReference(db, 'node', node, 'node') : undefined,
        imageId: image ? await resolveReference(db, 'image', image, 'image') : undefined,
      });
    },
    getInstance: async ({ params }) => getInstance(db, await idOf(params.id)),
    createInstance: (request) => orderCreation(deps, request.body, askedBy(request)),
    createInstances: (request) => beginCreation(deps, request.body, askedBy(request)),
    startInstances: (request) => beginOrders(deps, 'start', request.body, askedBy(request)),
    stopInstances: (request) => beginOrders(deps, 'stop', request.body, askedBy(request)),
    deleteInstances: (request) => beginOrders(deps, 'delete', request.body, askedBy(request)),
    async updateInstance({ params, body, principal }) {
      const id = await idOf(params.id);
      const actor = actorOf(principal);
      await store.tx(async (tx) => {
        const instance = await lockInstance(tx, id);
        requireAllowed(instance, 'rename');
        if (body.name !== undefined) await renameInstance(tx, instance, body.name, actor);
        if (body.boot) await changeBoot(tx, instance, body.boot, actor);
      });
      return getInstance(db, id);
    },
    deleteInstance: (request) => order(deps, request.params.id, orders.delete, askedBy(request)),
    startInstance(request) {
      const { bootOnce } = startInstanceSchema.parse(request.body ?? {});
      return order(deps, request.params.id, orders.start, askedBy(request), withConfig(store, bootOnce));
    },
    stopInstance: (request) =>
      order(deps, request.params.id, orders.stop, askedBy(request), async () => shutdownOf(request.body)),
    async killInstance(request) {
      await giveUpShutdown(deps, request.params.id);
      return order(deps, request.params.id, orders.kill, askedBy(request));
    },
    rebootInstance(request) {
      const { bootOnce, ...shutdown } = rebootInstanceSchema.parse(request.body ?? {});
      const config = withConfig(store, bootOnce);
      return order(deps, request.params.id, orders.reboot, askedBy(request), async (instance) => ({
        ...shutdown,
        orderedAtMs: systemClock.now(),
        ...(await config(instance)),
      }));
    },
    resetInstance: (request) => order(deps, request.params.id, orders.reset, askedBy(request)),
    getInstanceUsage: async ({ params }) => ({ items: board.instanceSeries(await idOf(params.id)) }),
    async listInstanceMoves({ params, query }) {
      // The history of one that was deleted is found by its id.
      const id = isUuid(params.id) ? (params.id as InstanceId) : await idOf(params.id);
      return listInstanceMoves(db, id, query);
    },
    async getScreenshot({ params, signal }) {
      const instance = await getInstance(db, await idOf(params.id));
      requireAllowed(instance, 'screenshot');
      if (instance.node === null) throw new Error(`instance ${instance.id} has no node`);
      const ask = { instanceId: instance.id };
      const { pngBase64 } = await peers.askNode(instance.node.id, (node) => node.screenshot(ask, { signal }), {
        signal,
      });
      return Buffer.from(pngBase64, 'base64');
    },
  };
}

/** A request without a body means the defaults. */
function shutdownOf(body: unknown): { timeoutSeconds: number; orderedAtMs: number } {
  return { ...stopInstanceSchema.parse(body ?? {}), orderedAtMs: systemClock.now() };
}
