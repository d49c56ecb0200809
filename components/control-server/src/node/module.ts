import { nodeHandlers } from './node-handlers.ts';

export const nodeModule = { handlers: nodeHandlers };
