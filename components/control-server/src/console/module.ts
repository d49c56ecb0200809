import { consoleHandlers } from './console-tickets.ts';

export const consoleModule = { handlers: consoleHandlers };
