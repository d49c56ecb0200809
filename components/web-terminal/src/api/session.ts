/** Who is signed in: the user, or null. The cookie itself is out of reach of scripts. */
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { type Permission, roleMay, type User } from '@zhiyun/contracts';
import { dropDrafts } from '../components/form/drafts.ts';
import { expectedSession } from '../door/expected-session.ts';
import { api } from './client.ts';
import { isSessionLost } from './errors.ts';

export const sessionKey = ['session'] as const;

export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return await api.getMe({ signal });
    } catch (error) {
      if (isSessionLost(error)) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/**
 * How the last session of this page ended, and whose it was: who signs out does not want to be led back, and nobody wants to be
 * led to where somebody else was.
 */
let lastUser: User['id'] | undefined;
let signedOut = false;

export const lastSession = {
  /** Was it ended by its user, rather than by the platform? */
  signedOut: () => signedOut,
  mayLeadBack: (user: User) => lastUser === undefined || lastUser === user.id,
  isOf(user: User): void {
    lastUser = user.id;
    signedOut = false;
  },
};

/** What the last user saw must not be there for the next. */
export async function signOut(client: QueryClient): Promise<void> {
  try {
    await api.deleteSession();
  } catch (error) {
    if (!isSessionLost(error)) throw error;
  }
  signedOut = true;
  expectedSession.ends();
  dropDrafts();
  client.setQueryData(sessionKey, null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
}

/** Only for pages behind the login. */
export function useUser(): User {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('Nobody is signed in');
  return data;
}

export function useMay(permission: Permission): boolean {
  const { data } = useQuery(sessionQuery);
  return data ? roleMay(data.role, permission) : false;
}
