/**
 * The shape that start, stop, kill, reboot and reset share: one order to the node, then the instance shows what the node
 * has answered. The state that is shown meanwhile was set when the operation was begun (`acceptOrder`), so undoing is
 * showing again what is true; an order that may have half happened is revoked first.
 */
import { componentIdSchema, instanceIdSchema, type OperationId, type OperationKind } from '@zhiyun/contracts';
import { type InstanceReport, instanceConfigSchema, upgradeInstanceConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { CallOptions } from '@zhiyun/link';
import type { Store, Tx } from '@zhiyun/store';
import type { ActionContext, BegunUpgrade, TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import type { NodeClient, Peers } from '../../peers/peers.ts';
import { settleInstances } from '../state/settle-instances.ts';

export interface OrderDeps {
  store: Store;
  peers: Peers;
}

/** How long an order waits for a node whose agent is just restarting. */
export const patienceMs = 20_000;
/** A launch under software emulation on a loaded machine takes its time. */
export const launchTimeoutMs = 120_000;
/** What the node needs beyond the guest's own deadline. */
export const answerMarginMs = 30_000;

export const orderParamsSchema = z.object({
  instanceId: instanceIdSchema,
  nodeId: componentIdSchema,
  /** First of the block that the operation took; undoing uses the next one. */
  generation: z.int(),
});
export const launchParamsSchema = orderParamsSchema.extend({ config: instanceConfigSchema });
/** `orderedAtMs`: when the guest's time began; an operation of an older release has none, and its time begins with each try. */
const deadline = { timeoutSeconds: z.int(), orderedAtMs: z.number().optional() };
export const shutdownParamsSchema = orderParamsSchema.extend(deadline);
export const rebootParamsSchema = launchParamsSchema.extend(deadline);

/** From version 1 to 2 of all kinds whose parameters hold a configuration. */
export const upgradeConfig: BegunUpgrade = ({ params, memory }) => ({
  params: { ...params, config: upgradeInstanceConfig(params.config) },
  memory,
});

/** Of the guest's time, also when the platform was killed meanwhile. Once more it is asked in any case. */
export function waitSeconds(
  { timeoutSeconds, orderedAtMs }: { timeoutSeconds: number; orderedAtMs?: number | undefined },
  nowMs: number,
): number {
  if (orderedAtMs === undefined) return timeoutSeconds;
  const left = Math.ceil(timeoutSeconds - (nowMs - orderedAtMs) / 1000);
  return Math.min(timeoutSeconds, Math.max(1, left));
}

export type OrderParams = z.infer<typeof orderParamsSchema>;
export interface OrderMemory {
  report: InstanceReport;
}

interface Order<Params extends OrderParams> {
  kind: OperationKind;
  params: z.ZodType<Params>;
  /** Name of the step. */
  name: string;
  give: (node: NodeClient, params: Params, options: CallOptions) => Promise<InstanceReport>;
  /** A cancel may stop the waiting for the guest; any other order can only go forward. */
  cancellable?: boolean;
  /** The order may have taken effect although no answer came; make sure that it has not. */
  revoke?: (node: NodeClient, params: Params) => Promise<InstanceReport>;
  upgrades?: readonly BegunUpgrade[];
}

export function orderTransaction<Params extends OrderParams>(
  { store, peers }: OrderDeps,
  order: Order<Params>,
): TransactionDefinition<Params, OrderMemory> {
  return {
    kind: order.kind,
    params: order.params,
    ...(order.upgrades && { upgrades: order.upgrades }),
    actions: [
      {
        name: order.name,
        ...(order.cancellable ? { cancellable: true } : { pointOfNoReturn: true }),
        async run({ params, signal }) {
          const give = (node: NodeClient) => order.give(node, params, { signal });
          return { report: await peers.askNode(params.nodeId, give, { signal, patienceMs }) };
        },
        async undo({ params, memory, operationId, signal }) {
          const report = order.revoke ? await revoked(peers, params, order.revoke, signal) : memory.report;
          await store.tx((tx) => settleUndone(tx, params, report, operationId));
        },
      },
      settleAction(),
    ],
  };
}

/** The last record of every order. */
export function settleAction<Params extends Pick<OrderParams, 'instanceId'>, Memory extends OrderMemory>() {
  return {
    name: 'settle',
    async write(tx: Tx, context: ActionContext<Params, Memory>) {
      await settleAll(tx, [context]);
      return undefined;
    },
    writeAll: settleAll,
    noUndo: 'the last action: nothing can fail after it',
  } as const;
}

/** The order was taken back: what is found is shown, and wanted. */
export async function settleUndone(
  tx: Tx,
  params: Pick<OrderParams, 'instanceId'>,
  report: InstanceReport | undefined,
  operation: OperationId,
): Promise<void> {
  await settleInstances(tx, [{ instanceId: params.instanceId, report, operation, undone: true }]);
}

/** One function for all transactions that end so: whatever ends at the same time is one commit. */
function settleAll(
  tx: Tx,
  contexts: readonly ActionContext<Pick<OrderParams, 'instanceId'>, OrderMemory>[],
): Promise<void> {
  const settlings = contexts.map(({ params, memory, operationId }) => ({
    instanceId: params.instanceId,
    report: memory.report,
    operation: operationId,
    undone: false,
  }));
  return settleInstances(tx, settlings);
}

/** A node that cannot be reached is no reason to be stuck: it reports what is true when it comes back. */
async function revoked<Params extends OrderParams>(
  peers: Peers,
  params: Params,
  revoke: (node: NodeClient, params: Params) => Promise<InstanceReport>,
  signal: AbortSignal,
): Promise<InstanceReport | undefined> {
  try {
    return await peers.askNode(params.nodeId, (node) => revoke(node, params), { signal, patienceMs });
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'node-unreachable') return undefined;
    throw error;
  }
}
