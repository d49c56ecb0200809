/** Events as a list; the live feed is `event-stream.ts`. */
import { listEvents, type Store } from '@zhiyun/store';
import type { RestHandlers } from '../rest/rest-handlers.ts';

export function eventHandlers({ store }: { store: Store }): Pick<RestHandlers, 'listEvents'> {
  return { listEvents: ({ query }) => listEvents(store, query) };
}
