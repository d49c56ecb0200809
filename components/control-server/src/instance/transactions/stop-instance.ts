/** Stop: the node presses the power button and waits for the guest; a guest that does not listen goes on running. */
import { systemClock } from '@zhiyun/kernel';
import type { TransactionDefinition } from '@zhiyun/transaction';
import type { z } from 'zod';
import {
  answerMarginMs,
  type OrderDeps,
  type OrderMemory,
  orderTransaction,
  shutdownParamsSchema,
  waitSeconds,
} from './order-transaction.ts';

export type StopParams = z.infer<typeof shutdownParamsSchema>;

export function stopInstanceTransaction(deps: OrderDeps): TransactionDefinition<StopParams, OrderMemory> {
  return orderTransaction(deps, {
    kind: 'instance.stop',
    params: shutdownParamsSchema,
    name: 'shut-down',
    cancellable: true,
    give: (node, { instanceId, generation, timeoutSeconds, orderedAtMs }, options) =>
      node.stopInstance(
        {
          ...{ instanceId, generation, timeoutSeconds },
          waitSeconds: waitSeconds({ timeoutSeconds, orderedAtMs }, systemClock.now()),
        },
        { ...options, timeoutMs: timeoutSeconds * 1000 + answerMarginMs },
      ),
  });
}
