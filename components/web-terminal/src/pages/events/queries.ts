/** What the console asks about events. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keyOf, pageSize, type QueryOf } from '../../api/query-parts.ts';

export const eventQueries = {
  list: (query: QueryOf<'listEvents'>) =>
    queryOptions({
      queryKey: keyOf('event', 'list', query),
      queryFn: ({ signal }) => api.listEvents({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
};
