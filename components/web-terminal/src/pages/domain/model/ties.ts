/**
 * Ties: what the picture draws between two cards. Between two components it is their link, both directions in one, as bad
 * as the worse of the two says; between a component and a collapsed group, or two groups, it stands for all links there.
 */
import type { ComponentState, Link, LinkState } from '@zhiyun/contracts';
import { associated, type ComponentType } from '@zhiyun/contracts/links';
import type { ServiceGroup } from './service-groups.ts';

export interface Tie {
  id: string;
  /** Ids of cards: a component's, or that of a collapsed group. */
  ends: readonly [string, string];
  state: LinkState;
  /** Undefined where it stands for many, or where nobody was asked. */
  since: string | undefined;
  /** How many links it stands for, and how many of those are not online as far as is known. */
  links: number;
  troubled: number;
}

const badness: Record<LinkState, number> = { online: 0, connecting: 1, suspect: 2, gone: 3 };
export const worse = (a: LinkState, b: LinkState) => badness[b] - badness[a];

export const cardOfGroup = (type: ComponentType) => `group:${type}`;
const pairOf = (a: string, b: string): [string, string] => (a < b ? [a, b] : [b, a]);

/** Links whose ends are not drawn are left out. */
export function tiesOfLinks(links: readonly Link[], drawn: ReadonlySet<string>): Tie[] {
  const ties = new Map<string, Tie>();
  for (const { from, to, state, since } of links) {
    if (!drawn.has(from) || !drawn.has(to)) continue;
    const ends = pairOf(from, to);
    const id = ends.join(' ');
    const other = ties.get(id);
    if (other && (worse(other.state, state) < 0 || (other.state === state && (other.since ?? '') > since))) continue;
    ties.set(id, { id, ends, state, since, links: 1, troubled: state === 'online' ? 0 : 1 });
  }
  return [...ties.values()];
}

interface Card {
  id: string;
  type: ComponentType;
  count: number;
  /** Of a single component. */
  state: ComponentState | undefined;
}

function cardsOf(groups: readonly ServiceGroup[]): Card[] {
  return groups.flatMap(({ type, total, members }): Card[] =>
    members
      ? members.map(({ id, state }) => ({ id, type, count: 1, state }))
      : [{ id: cardOfGroup(type), type, count: total, state: undefined }],
  );
}

/**
 * Of a large domain, whose links nobody fetches: each pair of associates has one, which is online unless it is among the
 * `troubled` or one of its ends is away. A tie of many counts as troubled as a whole only when all of its links are.
 */
export function tiesOfGroups(groups: readonly ServiceGroup[], troubled: readonly Link[]): Tie[] {
  const cards = cardsOf(groups);
  const drawn = new Set(cards.map(({ id }) => id));
  const collapsed = cards.filter(({ count, state }) => state === undefined && count > 0);
  // Whoever is not drawn is in the collapsed group; with two of them it cannot be told in which.
  const hidden = collapsed.length === 1 ? collapsed[0]?.id : undefined;
  const known = new Map<string, Map<string, Link>>();
  for (const link of troubled) {
    const [a, b] = [link.from, link.to].map((end) => (drawn.has(end) ? end : hidden));
    if (a === undefined || b === undefined) continue;
    const id = pairOf(a, b).join(' ');
    const links = known.get(id) ?? new Map<string, Link>();
    const pair = pairOf(link.from, link.to).join(' ');
    const other = links.get(pair);
    if (!other || worse(other.state, link.state) > 0) links.set(pair, link);
    known.set(id, links);
  }
  return cards.flatMap((a, index) =>
    cards.slice(index + 1).flatMap((b): Tie[] => {
      if (a.type === b.type || !associated(a.type, b.type)) return [];
      const ends = pairOf(a.id, b.id);
      const id = ends.join(' ');
      const found = [...(known.get(id)?.values() ?? [])].sort((x, y) => worse(x.state, y.state));
      const away =
        [a.state, b.state].find((state) => state === 'gone') ?? [a.state, b.state].find((s) => s === 'suspect');
      const links = a.count * b.count;
      const bad = away ? links : found.length;
      const state = bad < links ? 'online' : (away ?? found[0]?.state ?? 'online');
      return [{ id, ends, state, since: links === 1 ? found[0]?.since : undefined, links, troubled: bad }];
    }),
  );
}
