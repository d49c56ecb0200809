/** Every read the pages make: key and fetcher side by side. The first word of a key is what live events make stale. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Link, LinkState } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import type { RequestOf, RouteName } from '@zhiyun/contracts/rest';
import { api } from './client.ts';

export const pageSize = 50;
/** As many as one page of the API holds: for choosers, where the search narrows further. */
const chooserSize = 200;
/** Nodes send a sample every few seconds; charts ask as often. */
const sampleIntervalMs = 5_000;

type QueryOf<Name extends RouteName> = RequestOf<Name> extends { query?: infer Query } ? NonNullable<Query> : never;

export const systemQueries = {
  /** The platform counts at most every two seconds, so an answer right after an event may be of before it. */
  summary: () =>
    queryOptions({
      queryKey: ['system'],
      queryFn: ({ signal }) => api.getSystem({ signal }),
      refetchInterval: 2 * sampleIntervalMs,
    }),
  load: () =>
    queryOptions({
      queryKey: ['system-load'],
      queryFn: ({ signal }) => api.getSystemLoad({ signal }),
      refetchInterval: sampleIntervalMs,
    }),
};

export const instanceQueries = {
  list: (query: QueryOf<'listInstances'>) =>
    queryOptions({
      queryKey: ['instances', 'list', query],
      queryFn: ({ signal }) => api.listInstances({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  /** How many fit, on all pages: asked for on its own, so that the page does not wait for it. */
  total: (query: Pick<QueryOf<'listInstances'>, 'search' | 'state' | 'computePool' | 'node'>) =>
    queryOptions({
      queryKey: ['instances', 'total', query],
      queryFn: async ({ signal }) =>
        (await api.listInstances({ query: { ...query, limit: 1, total: 'true' }, signal })).total,
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: ['instances', 'detail', id],
      queryFn: ({ signal }) => api.getInstance({ params: { id }, signal }),
    }),
  usage: (id: string) =>
    queryOptions({
      queryKey: ['instance-usage', id],
      queryFn: ({ signal }) => api.getInstanceUsage({ params: { id }, signal }),
      refetchInterval: sampleIntervalMs,
    }),
};

export const imageQueries = {
  list: (query: QueryOf<'listImages'>) =>
    queryOptions({
      queryKey: ['images', 'list', query],
      queryFn: ({ signal }) => api.listImages({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  ready: () =>
    queryOptions({
      queryKey: ['images', 'ready'],
      queryFn: ({ signal }) => api.listImages({ query: { limit: chooserSize, state: 'ready' }, signal }),
    }),
};

/** Live events do not tell how far an upload is; who watches one asks. */
const uploadPollMs = 3_000;

export const uploadQueries = {
  of: (id: string) =>
    queryOptions({
      queryKey: ['images', 'upload', id],
      queryFn: ({ signal }) => api.getImage({ params: { id }, signal }),
      refetchInterval: uploadPollMs,
    }),
};

export const poolQueries = {
  list: (query: QueryOf<'listComputePools'>) =>
    queryOptions({
      queryKey: ['pools', 'list', query],
      queryFn: ({ signal }) => api.listComputePools({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  all: () =>
    queryOptions({
      queryKey: ['pools', 'all'],
      queryFn: ({ signal }) => api.listComputePools({ query: { limit: chooserSize }, signal }),
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: ['pools', 'detail', id],
      queryFn: ({ signal }) => api.getComputePool({ params: { id }, signal }),
    }),
};

export const nodeQueries = {
  list: (query: QueryOf<'listNodes'>) =>
    queryOptions({
      queryKey: ['nodes', 'list', query],
      queryFn: ({ signal }) => api.listNodes({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
      refetchInterval: 2 * sampleIntervalMs,
    }),
  all: () =>
    queryOptions({
      queryKey: ['nodes', 'all'],
      queryFn: ({ signal }) => api.listNodes({ query: { limit: chooserSize }, signal }),
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: ['nodes', 'detail', id],
      queryFn: ({ signal }) => api.getNode({ params: { id }, signal }),
    }),
  load: (id: string) =>
    queryOptions({
      queryKey: ['node-load', id],
      queryFn: ({ signal }) => api.getNodeLoad({ params: { id }, signal }),
      refetchInterval: sampleIntervalMs,
    }),
};

export const operationQueries = {
  list: (query: QueryOf<'listOperations'>) =>
    queryOptions({
      queryKey: ['operations', 'list', query],
      queryFn: ({ signal }) => api.listOperations({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  /** What still runs, newest first; progress has no events of its own, so it is asked for while there is any. */
  active: () =>
    queryOptions({
      queryKey: ['operations', 'active'],
      queryFn: ({ signal }) => api.listOperations({ query: { limit: pageSize, active: 'true' }, signal }),
      refetchInterval: ({ state }) => ((state.data?.items.length ?? 0) > 0 ? 1_500 : false),
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: ['operations', 'detail', id],
      queryFn: ({ signal }) => api.getOperation({ params: { id }, signal }),
      refetchInterval: ({ state }) => (state.data && state.data.endedAt === null ? 1_000 : false),
    }),
};

export const eventQueries = {
  list: (query: QueryOf<'listEvents'>) =>
    queryOptions({
      queryKey: ['events', 'list', query],
      queryFn: ({ signal }) => api.listEvents({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
};

/** Events tell what changes at once; this is for what they cannot tell. */
const slowPollMs = 15_000;
const mostLinks = 500;

export const componentQueries = {
  list: (query: QueryOf<'listComponents'>) =>
    queryOptions({
      queryKey: ['components', 'list', query],
      queryFn: ({ signal }) => api.listComponents({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
      refetchInterval: slowPollMs,
    }),
  /** The first so many, of one type or of all. */
  first: (limit: number, type?: ComponentType) =>
    queryOptions({
      queryKey: ['components', 'first', limit, type],
      queryFn: ({ signal }) => api.listComponents({ query: { limit, type }, signal }),
      refetchInterval: slowPollMs,
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: ['components', 'detail', id],
      queryFn: ({ signal }) => api.getComponent({ params: { id }, signal }),
    }),
};

export const linkQueries = {
  /** Every link of a domain that is small enough to be drawn. */
  all: () =>
    queryOptions({
      queryKey: ['links', 'all'],
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
      queryKey: ['links', 'state', state],
      queryFn: ({ signal }) => api.listLinks({ query: { limit: mostLinks, state }, signal }),
      refetchInterval: slowPollMs,
    }),
  of: (component: string) =>
    queryOptions({
      queryKey: ['links', 'of', component],
      queryFn: ({ signal }) => api.listLinks({ query: { limit: mostLinks, component }, signal }),
      refetchInterval: slowPollMs,
    }),
};

export const joinTokenQueries = {
  list: () =>
    queryOptions({
      queryKey: ['join-tokens'],
      queryFn: ({ signal }) => api.listJoinTokens({ signal }),
      refetchInterval: slowPollMs,
    }),
};
