/**
 * Delete: the node ends and removes everything of it; then its rows go and its capacity comes back, in one commit. Of one whose
 * node was removed as lost there is nobody to ask: only its rows go.
 */
import { componentIdSchema } from '@zhiyun/contracts';
import type { Tx } from '@zhiyun/store';
import type { ActionContext, TransactionDefinition } from '@zhiyun/transaction';
import type { z } from 'zod';
import { forgetInstances } from '../instance-store.ts';
import { answerMarginMs, type OrderDeps, orderParamsSchema, patienceMs, settleUndone } from './order-transaction.ts';

export const deleteParamsSchema = orderParamsSchema.extend({ nodeId: componentIdSchema.nullable() });
export type DeleteParams = z.infer<typeof deleteParamsSchema>;

export function deleteInstanceTransaction({ store, peers }: OrderDeps): TransactionDefinition<DeleteParams> {
  return {
    kind: 'instance.delete',
    params: deleteParamsSchema,
    actions: [
      {
        name: 'remove',
        pointOfNoReturn: true,
        async run({ params: { instanceId, nodeId, generation }, signal }) {
          if (nodeId === null) return undefined;
          const options = { signal, timeoutMs: answerMarginMs };
          await peers.askNode(nodeId, (node) => node.removeInstance({ instanceId, generation }, options), {
            signal,
            patienceMs,
          });
          return undefined;
        },
        /** What is gone cannot come back; the instance stays, shows what is left of it, and can be deleted again. */
        async undo({ params, operationId }) {
          await store.tx((tx) => settleUndone(tx, params, undefined, operationId));
        },
      },
      {
        name: 'forget',
        async write(tx, { params, operationId }) {
          await forgetInstances(tx, [{ id: params.instanceId, operation: operationId }]);
          return undefined;
        },
        writeAll: forgetAll,
        noUndo: 'the last action: nothing can fail after it',
      },
    ],
  };
}

/** What ends at the same time is one commit. */
function forgetAll(tx: Tx, contexts: readonly ActionContext<DeleteParams, object>[]): Promise<void> {
  const ends = contexts.map(({ params, operationId }) => ({ id: params.instanceId, operation: operationId }));
  return forgetInstances(tx, ends);
}
