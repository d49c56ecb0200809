/** What the console asks about compute pools. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { chooserSize, keyOf, pageSize, type QueryOf } from '../../api/query-parts.ts';

export const poolQueries = {
  list: (query: QueryOf<'listComputePools'>) =>
    queryOptions({
      queryKey: keyOf('compute-pool', 'list', query),
      queryFn: ({ signal }) => api.listComputePools({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  all: () =>
    queryOptions({
      queryKey: keyOf('compute-pool', 'all'),
      queryFn: ({ signal }) => api.listComputePools({ query: { limit: chooserSize }, signal }),
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: keyOf('compute-pool', 'detail', id),
      queryFn: ({ signal }) => api.getComputePool({ params: { id }, signal }),
    }),
};
