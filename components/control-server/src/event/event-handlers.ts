/** Events as a list; the live feed is `event-stream.ts`. */
import { roleMay, type UserId } from '@zhiyun/contracts';
import { listEvents, type Store } from '@zhiyun/store';
import type { Principal, RestHandlers } from '../rest/rest-handlers.ts';

export function eventHandlers({ store }: { store: Store }): Pick<RestHandlers, 'listEvents'> {
  return { listEvents: ({ query, principal }) => listEvents(store, { ...query, reader: eventReader(principal) }) };
}

/** Whose own things alone an asker may hear of, besides those of nobody; undefined: everybody's. */
export function eventReader({ role, userId }: Pick<Principal, 'role' | 'userId'>): UserId | undefined {
  return roleMay(role, 'user:read') ? undefined : userId;
}
