import { eventHandlers } from './event-handlers.ts';

export const eventModule = { handlers: eventHandlers };
