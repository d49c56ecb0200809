/** What the console asks about images. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { chooserSize, keyOf, pageSize, type QueryOf } from '../../api/query-parts.ts';

export const imageQueries = {
  list: (query: QueryOf<'listImages'>) =>
    queryOptions({
      queryKey: keyOf('image', 'list', query),
      queryFn: ({ signal }) => api.listImages({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
  ready: () =>
    queryOptions({
      queryKey: keyOf('image', 'ready'),
      queryFn: ({ signal }) => api.listImages({ query: { limit: chooserSize, state: 'ready' }, signal }),
    }),
};

/** Live events do not tell how far an upload is; who watches one asks. */
const uploadPollMs = 3_000;

export const uploadQueries = {
  of: (id: string) =>
    queryOptions({
      queryKey: keyOf('image', 'upload', id),
      queryFn: ({ signal }) => api.getImage({ params: { id }, signal }),
      refetchInterval: uploadPollMs,
    }),
};
