/** Start: the node launches the machine. */
import type { TransactionDefinition } from '@zhiyun/transaction';
import type { z } from 'zod';
import {
  launchParamsSchema,
  launchTimeoutMs,
  type OrderDeps,
  type OrderMemory,
  orderTransaction,
  upgradeConfig,
} from './order-transaction.ts';

export type StartParams = z.infer<typeof launchParamsSchema>;

export function startInstanceTransaction(deps: OrderDeps): TransactionDefinition<StartParams, OrderMemory> {
  return orderTransaction(deps, {
    kind: 'instance.start',
    params: launchParamsSchema,
    upgrades: [upgradeConfig],
    name: 'start',
    give: (node, { instanceId, generation, config }, options) =>
      node.startInstance({ instanceId, generation, config }, { ...options, timeoutMs: launchTimeoutMs }),
    revoke: (node, { instanceId, generation }) => node.killInstance({ instanceId, generation: generation + 1 }),
  });
}
