/** The platform as a whole. */
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keyOf, sampleIntervalMs } from '../../api/query-parts.ts';

export const systemQueries = {
  /** The platform counts at most every two seconds, so an answer right after an event may be of before it. */
  summary: () =>
    queryOptions({
      queryKey: keyOf('system'),
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
