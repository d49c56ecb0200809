import { joinTokenHandlers } from './join-token-handlers.ts';

export const joinTokenModule = { handlers: joinTokenHandlers };
