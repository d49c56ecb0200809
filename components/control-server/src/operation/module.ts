import { operationHandlers } from './operation-handlers.ts';
import { pruneHistory } from './prune-history.ts';
import { type RetryStuckOptions, retryStuck } from './retry-stuck.ts';

/** Operations and their history: what this folder gives to the Control Server. */
export const operationModule = {
  handlers: operationHandlers,
  backgroundTasks: (deps: RetryStuckOptions & Parameters<typeof pruneHistory>[0]) => [
    retryStuck(deps),
    pruneHistory(deps),
  ],
};
