import { instanceHandlers } from './instance-handlers.ts';
import { instanceTransactions } from './transactions/instance-transactions.ts';

/** Instances: what this folder gives to the Control Server. */
export const instanceModule = { handlers: instanceHandlers, transactions: instanceTransactions };
