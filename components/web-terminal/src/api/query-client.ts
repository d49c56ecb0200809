/** The cache of what the platform last said. Live events make entries stale (see `live.ts`); nothing polls while they flow. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isNetworkError, isNotFound, isSessionLost, isTimeout } from './errors.ts';
import { sessionKey } from './session.ts';

export function createQueryClient(): QueryClient {
  function onError(error: unknown): void {
    // The session ended: whoever watches the session sends the user to the login page.
    if (isSessionLost(error)) client.setQueryData(sessionKey, null);
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => isNetworkError(error) && !isTimeout(error) && !isNotFound(error) && failures < 2,
        // `navigator.onLine` knows nothing of a platform in the local network.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}
