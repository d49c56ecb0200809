/** Reboot: the node shuts the guest down as for a stop, then launches it again. */
import type { TransactionDefinition } from '@zhiyun/transaction';
import type { z } from 'zod';
import {
  launchTimeoutMs,
  type OrderDeps,
  type OrderMemory,
  orderTransaction,
  rebootParamsSchema,
} from './order-transaction.ts';

export type RebootParams = z.infer<typeof rebootParamsSchema>;

export function rebootInstanceTransaction(deps: OrderDeps): TransactionDefinition<RebootParams, OrderMemory> {
  return orderTransaction(deps, {
    kind: 'instance.reboot',
    params: rebootParamsSchema,
    name: 'reboot',
    cancellable: true,
    give: (node, { instanceId, generation, timeoutSeconds, config }, options) =>
      node.rebootInstance(
        { instanceId, generation, timeoutSeconds, config },
        { ...options, timeoutMs: timeoutSeconds * 1000 + launchTimeoutMs },
      ),
  });
}
