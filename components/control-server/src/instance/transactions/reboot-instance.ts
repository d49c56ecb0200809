/** Reboot: the node shuts the guest down as for a stop, then launches it again. */
import { systemClock } from '@zhiyun/kernel';
import type { TransactionDefinition } from '@zhiyun/transaction';
import type { z } from 'zod';
import {
  launchTimeoutMs,
  type OrderDeps,
  type OrderMemory,
  orderTransaction,
  rebootParamsSchema,
  upgradeConfig,
  waitSeconds,
} from './order-transaction.ts';

export type RebootParams = z.infer<typeof rebootParamsSchema>;

export function rebootInstanceTransaction(deps: OrderDeps): TransactionDefinition<RebootParams, OrderMemory> {
  return orderTransaction(deps, {
    kind: 'instance.reboot',
    params: rebootParamsSchema,
    upgrades: [upgradeConfig],
    name: 'reboot',
    cancellable: true,
    give: (node, { instanceId, generation, timeoutSeconds, orderedAtMs, config }, options) =>
      node.rebootInstance(
        {
          ...{ instanceId, generation, timeoutSeconds, config },
          waitSeconds: waitSeconds({ timeoutSeconds, orderedAtMs }, systemClock.now()),
        },
        { ...options, timeoutMs: timeoutSeconds * 1000 + launchTimeoutMs },
      ),
  });
}
