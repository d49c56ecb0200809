/** REST of components and links. */
import type { Clock } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import { resolveReference } from '../reference/resolve-reference.ts';
import { askedBy, type RestHandlers } from '../rest/rest-handlers.ts';
import { SharedReading } from '../system/shared-reading.ts';
import { beginRemoval } from './begin-removal.ts';
import { findComponent, listComponents } from './component-list.ts';
import { pageOfLinks, readLinks } from './link-list.ts';
import { readOwnView } from './own-view.ts';

export interface ComponentHandlersDeps {
  store: Store;
  engine: Pick<Engine, 'begin'>;
  member: Pick<Member, 'id' | 'peers' | 'onlinePeers'>;
  clock: Clock;
}
export type ComponentHandlers = Pick<RestHandlers, 'listComponents' | 'getComponent' | 'removeComponent' | 'listLinks'>;

/** The links of ten thousand nodes are megabytes: the pages of one reader, and several readers, share one reading. */
const linksFreshMs = 500;

export function componentHandlers({ store, engine, member, clock }: ComponentHandlersDeps): ComponentHandlers {
  const { db } = store;
  const links = new SharedReading(clock, linksFreshMs, () => readLinks(member));
  return {
    listComponents: async ({ query }) => listComponents(db, await readOwnView(db, member), query),
    getComponent: async ({ params }) => findComponent(db, await readOwnView(db, member), params.id),
    async removeComponent(request) {
      const seen = await readOwnView(db, member);
      const component = await findComponent(db, seen, request.params.id);
      return beginRemoval(engine, component, request.body.lost, seen, clock.now(), askedBy(request));
    },
    async listLinks({ query }) {
      const { component: reference, ...page } = query;
      const component =
        reference === undefined ? undefined : await resolveReference(db, 'component', reference, 'component');
      return pageOfLinks(await links.read(), { ...page, component });
    },
  };
}
