/** Every transaction of instances, for the engine. */
import type { AnyTransactionDefinition } from '@zhiyun/transaction';
import { type CreateBatchDeps, createBatchTransaction } from '../batch/create-batch.ts';
import { type BatchOrder, batchOrders, orderBatchTransaction } from '../batch/order-batch.ts';
import { createInstanceTransaction } from './create-instance.ts';
import { deleteInstanceTransaction } from './delete-instance.ts';
import { killInstanceTransaction } from './kill-instance.ts';
import type { OrderDeps } from './order-transaction.ts';
import { rebootInstanceTransaction } from './reboot-instance.ts';
import { resetInstanceTransaction } from './reset-instance.ts';
import { startInstanceTransaction } from './start-instance.ts';
import { stopInstanceTransaction } from './stop-instance.ts';

export function instanceTransactions(deps: OrderDeps & CreateBatchDeps): AnyTransactionDefinition[] {
  return [
    createInstanceTransaction(deps),
    startInstanceTransaction(deps),
    stopInstanceTransaction(deps),
    killInstanceTransaction(deps),
    rebootInstanceTransaction(deps),
    resetInstanceTransaction(deps),
    deleteInstanceTransaction(deps),
    createBatchTransaction(deps),
    ...(Object.keys(batchOrders) as BatchOrder[]).map((order) => orderBatchTransaction(deps, order)),
  ];
}
