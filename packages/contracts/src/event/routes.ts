/** Events: the rows of the public API. */
import { pageSchema } from '../fields.ts';
import { route } from '../rest/route.ts';
import { eventSchema, listEventsQuerySchema } from './event.ts';

export const eventRoutes = {
  /** `Accept: text/event-stream` turns it into the live feed (SSE), from `Last-Event-ID` on. */
  listEvents: route({
    method: 'GET',
    path: '/events',
    policy: 'event:read',
    summary: 'Events, newest first; or the live feed (SSE)',
    status: 200,
    query: listEventsQuerySchema,
    answer: pageSchema(eventSchema),
  }),
} as const;
