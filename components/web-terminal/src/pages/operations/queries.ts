/** What the console asks about operations. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keyOf, pageSize, type QueryOf } from '../../api/query-parts.ts';

export const operationQueries = {
  list: (query: QueryOf<'listOperations'>) =>
    queryOptions({
      queryKey: keyOf('operation', 'list', query),
      queryFn: ({ signal }) => api.listOperations({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  /** What still runs, newest first, of children their parents; progress has no events of its own, so it is asked for while there is any. */
  active: () =>
    queryOptions({
      queryKey: keyOf('operation', 'active'),
      queryFn: ({ signal }) =>
        api.listOperations({ query: { limit: pageSize, active: 'true', parent: 'none' }, signal }),
      refetchInterval: ({ state }) => ((state.data?.items.length ?? 0) > 0 ? 1_500 : false),
    }),
  detail: (id: string) =>
    queryOptions({
      queryKey: keyOf('operation', 'detail', id),
      queryFn: ({ signal }) => api.getOperation({ params: { id }, signal }),
      refetchInterval: ({ state }) => (state.data && state.data.endedAt === null ? 1_000 : false),
    }),
};
