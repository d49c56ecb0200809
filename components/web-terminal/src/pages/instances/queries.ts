/** What the console asks about instances. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keyOf, pageSize, type QueryOf, sampleIntervalMs } from '../../api/query-parts.ts';

export const instanceQueries = {
  list: (query: QueryOf<'listInstances'>) =>
    queryOptions({
      queryKey: keyOf('instance', 'list', query),
      queryFn: ({ signal }) => api.listInstances({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  /** How many fit, on all pages: asked for on its own, so that the page does not wait for it. */
  total: (query: Pick<QueryOf<'listInstances'>, 'search' | 'state' | 'computePool' | 'node'>) =>
    queryOptions({
      queryKey: keyOf('instance', 'total', query),
      queryFn: async ({ signal }) =>
        (await api.listInstances({ query: { ...query, limit: 1, total: 'true' }, signal })).total,
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: keyOf('instance', 'detail', id),
      queryFn: ({ signal }) => api.getInstance({ params: { id }, signal }),
    }),
  usage: (id: string) =>
    queryOptions({
      queryKey: ['instance-usage', id],
      queryFn: ({ signal }) => api.getInstanceUsage({ params: { id }, signal }),
      refetchInterval: sampleIntervalMs,
    }),
};
