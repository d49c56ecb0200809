/** What the console asks about SSH keys. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keyOf, pageSize, type QueryOf } from '../../api/query-parts.ts';

export const sshKeyQueries = {
  list: (query: QueryOf<'listSshKeys'>) =>
    queryOptions({
      queryKey: keyOf('ssh-key', 'list', query),
      queryFn: ({ signal }) => api.listSshKeys({ query: { limit: pageSize, ...query }, signal }),
      placeholderData: keepPreviousData,
    }),
};
