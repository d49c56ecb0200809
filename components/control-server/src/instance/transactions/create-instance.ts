/**
 * Create: capacity on a node, disks and network there, then the machine. The instance's row was written when the operation
 * was begun, so that its name is taken; undoing takes that row away too and leaves nothing of it.
 */
import { computePoolIdSchema, instanceIdSchema, type NodeId, type NodeLoad } from '@zhiyun/contracts';
import { type InstanceReport, instanceConfigSchema } from '@zhiyun/contracts/links';
import { errorFromFault, PlatformError } from '@zhiyun/kernel';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import type { NodeClient } from '../../peers/peers.ts';
import { placeInstance } from '../../placement/place-instance.ts';
import { lockInstance, settleInstance, takeReport } from '../instance-state.ts';
import { assignNode, forgetInstance, placementRequestOf } from '../instance-store.ts';
import { answerMarginMs, launchTimeoutMs, type OrderDeps, patienceMs } from './order-transaction.ts';

export const createParamsSchema = z.object({
  instanceId: instanceIdSchema,
  computePoolId: computePoolIdSchema,
  config: instanceConfigSchema,
  start: z.boolean(),
  /** First of the block: prepare, then start, then remove. */
  generation: z.int(),
});
export type CreateParams = z.infer<typeof createParamsSchema>;

export interface CreateMemory {
  nodeId: NodeId;
  report: InstanceReport;
}

export interface CreateDeps extends OrderDeps {
  loadOf: (nodeId: NodeId) => NodeLoad | null;
}

export function createInstanceTransaction({
  peers,
  loadOf,
}: CreateDeps): TransactionDefinition<CreateParams, CreateMemory> {
  return {
    kind: 'instance.create',
    params: createParamsSchema,
    actions: [
      {
        name: 'claim-capacity',
        async write(tx, { params }) {
          const { nodeId, candidates } = await placeInstance(tx, placementRequestOf(params), loadOf);
          await assignNode(tx, params.instanceId, nodeId, candidates);
          return { nodeId };
        },
        async unwrite(tx, { params, operationId }) {
          await forgetInstance(tx, params.instanceId, operationId);
        },
      },
      {
        name: 'prepare',
        cancellable: true,
        async run({ params, memory, signal, progress }) {
          const prepare = (node: NodeClient) => prepareOn(node, params, signal, progress);
          return { report: await peers.askNode(nodeOf(memory), prepare, { signal, patienceMs }) };
        },
        async undo({ params: { instanceId, generation }, memory, signal }) {
          if (memory.nodeId === undefined) return;
          const order = { instanceId, generation: generation + 2 };
          const options = { signal, timeoutMs: answerMarginMs };
          await peers.askNode(memory.nodeId, (node) => node.removeInstance(order, options), { signal, patienceMs });
        },
      },
      {
        name: 'start',
        async run({ params: { instanceId, generation, config, start }, memory, signal }) {
          if (!start) return undefined;
          const order = { instanceId, generation: generation + 1, config };
          const options = { signal, timeoutMs: launchTimeoutMs };
          const ask = (node: NodeClient) => node.startInstance(order, options);
          return { report: await peers.askNode(nodeOf(memory), ask, { signal, patienceMs }) };
        },
        noUndo: 'undoing «prepare» ends the machine before it removes it',
      },
      {
        name: 'settle',
        async write(tx, { params, memory, operationId }) {
          const instance = await lockInstance(tx, params.instanceId);
          const seen = memory.report ? await takeReport(tx, instance, memory.report) : instance;
          await settleInstance(tx, seen, operationId);
          return undefined;
        },
        noUndo: 'the last action: nothing can fail after it',
      },
    ],
  };
}

function nodeOf(memory: Readonly<Partial<CreateMemory>>): NodeId {
  if (memory.nodeId === undefined) throw new Error('no node was claimed');
  return memory.nodeId;
}

async function prepareOn(
  node: NodeClient,
  { instanceId, generation, config }: CreateParams,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<InstanceReport> {
  for await (const item of node.prepareInstance({ instanceId, generation, config }, { signal })) {
    if (item.type === 'done') return item.report;
    if (item.type === 'failed') throw errorFromFault(item.error);
    progress(item.progress);
  }
  throw new PlatformError('unavailable', 'The node ended its answer before the instance was prepared.');
}
