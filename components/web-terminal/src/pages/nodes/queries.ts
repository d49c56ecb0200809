/** What the console asks about nodes. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { chooserSize, keyOf, pageSize, type QueryOf, sampleIntervalMs } from '../../api/query-parts.ts';

export const nodeQueries = {
  list: (query: QueryOf<'listNodes'>) =>
    queryOptions({
      queryKey: keyOf('node', 'list', query),
      queryFn: ({ signal }) => api.listNodes({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
      refetchInterval: 2 * sampleIntervalMs,
    }),
  all: () =>
    queryOptions({
      queryKey: keyOf('node', 'all'),
      queryFn: ({ signal }) => api.listNodes({ query: { limit: chooserSize }, signal }),
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: keyOf('node', 'detail', id),
      queryFn: ({ signal }) => api.getNode({ params: { id }, signal }),
    }),
  load: (id: string) =>
    queryOptions({
      queryKey: ['node-load', id],
      queryFn: ({ signal }) => api.getNodeLoad({ params: { id }, signal }),
      refetchInterval: sampleIntervalMs,
    }),
};
