import { componentHandlers } from './component-handlers.ts';
import { componentTransactions } from './transactions/component-transactions.ts';

/** Components and links: what this folder gives to the Control Server. */
export const componentModule = { handlers: componentHandlers, transactions: componentTransactions };
