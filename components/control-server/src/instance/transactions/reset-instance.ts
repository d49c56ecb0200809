/** Reset: the node presses the reset button of the running machine. */
import type { TransactionDefinition } from '@zhiyun/transaction';
import {
  answerMarginMs,
  type OrderDeps,
  type OrderMemory,
  type OrderParams,
  orderParamsSchema,
  orderTransaction,
} from './order-transaction.ts';

export function resetInstanceTransaction(deps: OrderDeps): TransactionDefinition<OrderParams, OrderMemory> {
  return orderTransaction(deps, {
    kind: 'instance.reset',
    params: orderParamsSchema,
    name: 'reset',
    give: (node, { instanceId, generation }, options) =>
      node.resetInstance({ instanceId, generation }, { ...options, timeoutMs: answerMarginMs }),
  });
}
