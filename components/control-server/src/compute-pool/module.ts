import { computePoolHandlers } from './compute-pool-handlers.ts';

export const computePoolModule = { handlers: computePoolHandlers };
