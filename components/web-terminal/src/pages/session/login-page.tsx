/** Sign in anew in a console that is open: its uploads go on, and it leads back to where one was. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, useSearchParams } from 'react-router';
import { lastSession, sessionKey, sessionQuery } from '../../api/session.ts';
import { safeReturnPath } from '../../app/paths.ts';
import { Door } from '../../door/door.tsx';

export function Component() {
  const client = useQueryClient();
  const [params] = useSearchParams();
  const from = params.get('from');
  const { data: user } = useQuery(sessionQuery);
  // Also whoever comes here signed in. The pages beyond ask for a new password where one is due.
  if (user) return <Navigate replace to={safeReturnPath(lastSession.mayLeadBack(user) ? from : null)} />;
  return <Door expired={from !== null} onSignedIn={(signedIn) => void client.setQueryData(sessionKey, signedIn)} />;
}
