/** Kill: the node ends the machine at once. */
import type { TransactionDefinition } from '@zhiyun/transaction';
import {
  answerMarginMs,
  type OrderDeps,
  type OrderMemory,
  type OrderParams,
  orderParamsSchema,
  orderTransaction,
} from './order-transaction.ts';

export function killInstanceTransaction(deps: OrderDeps): TransactionDefinition<OrderParams, OrderMemory> {
  return orderTransaction(deps, {
    kind: 'instance.kill',
    params: orderParamsSchema,
    name: 'kill',
    give: (node, { instanceId, generation }, options) =>
      node.killInstance({ instanceId, generation }, { ...options, timeoutMs: answerMarginMs }),
  });
}
