/**
 * The links of the domain. Each is reported by the component that has it to the Data Server that hears it, so all Data
 * Servers are asked; one that does not answer in time hides only what it alone knew.
 */
import type { ComponentId, Link, Page } from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import type { Member } from '@zhiyun/link';
import { page } from '@zhiyun/store';
import { ownLinks } from './own-view.ts';

const answerWithinMs = 2_000;

/** In order of `from`, then `to`. While no Data Server answers: what this Control Server sees itself. */
export async function readLinks(member: Pick<Member, 'id' | 'peers' | 'onlinePeers'>): Promise<readonly Link[]> {
  const answers = await Promise.allSettled(
    member
      .onlinePeers('data-server')
      .map((peer) => peer.as(dataServerLink).listLinks({}, { timeoutMs: answerWithinMs })),
  );
  const answered = answers.filter((answer) => answer.status === 'fulfilled');
  if (answered.length === 0) return newestInOrder(ownLinks(member));
  return newestInOrder(
    answered.flatMap(({ value }) =>
      value.links.map(({ from, peer: to, state, since }) => ({ from, to, state, since })),
    ),
  );
}

const keyOf = ({ from, to }: Pick<Link, 'from' | 'to'>) => `${from} ${to}`;

/** A component that has just gone over to another Data Server is still known to the one it left: the later word counts. */
function newestInOrder(links: readonly Link[]): Link[] {
  const byTime = links.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));
  const newest = new Map(byTime.map((link) => [keyOf(link), link]));
  return [...newest.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export interface LinkQuery {
  limit: number;
  cursor?: string | undefined;
  /** Its links only, in both directions. */
  component?: ComponentId | undefined;
  state?: Link['state'] | undefined;
}

export function pageOfLinks(links: readonly Link[], query: LinkQuery): Promise<Page<Link>> {
  const { component, state } = query;
  const fits = (link: Link) =>
    (component === undefined || link.from === component || link.to === component) &&
    (state === undefined || link.state === state);
  return page<Link, Link>(query, {
    list: 'links:from,to',
    keyOf: ({ from, to }) => [from, to],
    keyLength: 2,
    read: async (after = []) => links.filter((link) => keyOf(link) > after.join(' ') && fits(link)),
    show: (shown) => shown,
  });
}
