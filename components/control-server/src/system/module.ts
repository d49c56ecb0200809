import { systemHandlers } from './system-handlers.ts';

export const systemModule = { handlers: systemHandlers };
