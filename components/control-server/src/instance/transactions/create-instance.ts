/**
 * Create: disks and network on the node, then the machine. Row, name and capacity were taken in the commit that began the
 * operation (`reserveInstance`); undoing gives them back once the node has removed what it had, and leaves nothing.
 */
import { type InstanceId, instanceIdSchema, type NodeId, say } from '@zhiyun/contracts';
import { type InstanceReport, instanceConfigSchema, type NicConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import type { NodeClient } from '../../peers/peers.ts';
import { withAddresses } from '../give-addresses.ts';
import { forgetInstances } from '../instance-store.ts';
import {
  answerMarginMs,
  launchTimeoutMs,
  type OrderDeps,
  patienceMs,
  settleAction,
  upgradeConfig,
} from './order-transaction.ts';

export const createParamsSchema = z.object({
  instanceId: instanceIdSchema,
  config: instanceConfigSchema,
  start: z.boolean(),
  /** First of the block: prepare, then start, then remove. */
  generation: z.int(),
});
export type CreateParams = z.infer<typeof createParamsSchema>;

export interface CreateMemory {
  nodeId: NodeId;
  /** Of its NICs. One that was begun by an older release has none: its node chooses. */
  addresses: NicConfig['address'][];
  report: InstanceReport;
}

export function createInstanceTransaction({
  store,
  peers,
}: OrderDeps): TransactionDefinition<CreateParams, CreateMemory> {
  return {
    kind: 'instance.create',
    params: createParamsSchema,
    upgrades: [upgradeConfig],
    actions: [
      {
        name: 'prepare',
        cancellable: true,
        async run({ params, memory, signal, progress }) {
          const nodeId = memory.nodeId ?? (await placeOf(store, params.instanceId));
          if (!nodeId) throw new PlatformError('not-found', say('instance.gone'));
          const { instanceId, generation } = params;
          const order = { instanceId, generation, config: withAddresses(params.config, memory.addresses) };
          const prepare = (node: NodeClient) => node.prepareInstance(order, { signal, onProgress: progress });
          return { nodeId, report: await peers.askNode(nodeId, prepare, { signal, patienceMs }) };
        },
        async undo({ params: { instanceId, generation }, operationId, signal }) {
          const nodeId = await placeOf(store, instanceId);
          if (nodeId === undefined) return;
          const order = { instanceId, generation: generation + 2 };
          const options = { signal, timeoutMs: answerMarginMs };
          const remove = (node: NodeClient) => node.removeInstance(order, options);
          if (nodeId !== null) await peers.askNode(nodeId, remove, { signal, patienceMs });
          await store.tx((tx) => forgetInstances(tx, [{ id: instanceId, operation: operationId }]));
        },
      },
      {
        name: 'start',
        async run({ params: { instanceId, generation, config, start }, memory, signal }) {
          if (!start) return undefined;
          const order = { instanceId, generation: generation + 1, config: withAddresses(config, memory.addresses) };
          const options = { signal, timeoutMs: launchTimeoutMs };
          const ask = (node: NodeClient) => node.startInstance(order, options);
          return { report: await peers.askNode(nodeOf(memory), ask, { signal, patienceMs }) };
        },
        noUndo: 'undoing «prepare» ends the machine before it removes it',
      },
      settleAction(),
    ],
  };
}

/** The node that has promised it; null when that was removed as lost, undefined when the instance was forgotten already. */
async function placeOf(store: Store, instanceId: InstanceId): Promise<NodeId | null | undefined> {
  const row = await store.db.selectFrom('instance').select('node_id').where('id', '=', instanceId).executeTakeFirst();
  return row?.node_id;
}

function nodeOf(memory: Readonly<Partial<CreateMemory>>): NodeId {
  if (memory.nodeId === undefined) throw new Error('«start» follows «prepare», which says where');
  return memory.nodeId;
}
