/** What the console asks about components, links and join tokens. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Link, LinkState } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { api } from '../../api/client.ts';
import { keyOf, pageSize, type QueryOf } from '../../api/query-parts.ts';

/** Events tell what changes at once; this is for what they cannot tell. */
const slowPollMs = 15_000;
const mostLinks = 500;

export const componentQueries = {
  list: (query: QueryOf<'listComponents'>) =>
    queryOptions({
      queryKey: keyOf('component', 'list', query),
      queryFn: ({ signal }) => api.listComponents({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
      refetchInterval: slowPollMs,
    }),
  /** The first so many, of one type or of all. */
  first: (limit: number, type?: ComponentType) =>
    queryOptions({
      queryKey: keyOf('component', 'first', limit, type),
      queryFn: ({ signal }) => api.listComponents({ query: { limit, type }, signal }),
      refetchInterval: slowPollMs,
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: keyOf('component', 'detail', id),
      queryFn: ({ signal }) => api.getComponent({ params: { id }, signal }),
    }),
};

export const linkQueries = {
  /** Every link of a domain that is small enough to be drawn. */
  all: () =>
    queryOptions({
      queryKey: keyOf('link', 'all'),
      async queryFn({ signal }) {
        const links: Link[] = [];
        let cursor: string | undefined;
        do {
          const page = await api.listLinks({ query: { limit: mostLinks, cursor }, signal });
          links.push(...page.items);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        return links;
      },
      refetchInterval: slowPollMs,
    }),
  inState: (state: LinkState) =>
    queryOptions({
      queryKey: keyOf('link', 'state', state),
      queryFn: ({ signal }) => api.listLinks({ query: { limit: mostLinks, state }, signal }),
      refetchInterval: slowPollMs,
    }),
  of: (component: string) =>
    queryOptions({
      queryKey: keyOf('link', 'of', component),
      queryFn: ({ signal }) => api.listLinks({ query: { limit: mostLinks, component }, signal }),
      refetchInterval: slowPollMs,
    }),
};

export const joinTokenQueries = {
  list: () =>
    queryOptions({
      queryKey: keyOf('join-token'),
      queryFn: ({ signal }) => api.listJoinTokens({ signal }),
      refetchInterval: slowPollMs,
    }),
};
