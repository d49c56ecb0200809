/** Lets only signed-in users on; a session that ends sends to the login and back here afterwards. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { lastSession, sessionQuery } from '../api/session.ts';
import { ErrorResult } from '../components/error-result.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { expectedSession } from '../door/expected-session.ts';
import { paths } from './paths.ts';

export function RequireSession() {
  const { data: user, error, refetch } = useQuery(sessionQuery);
  const { pathname, search } = useLocation();
  useEffect(() => {
    if (!user) return;
    lastSession.isOf(user);
    expectedSession.begins();
  }, [user]);
  if (user === undefined && error) return <ErrorResult error={error} onRetry={() => void refetch()} />;
  if (user === undefined) return <PageLoading />;
  const here = pathname + search;
  const from = here === paths.overview || lastSession.signedOut() ? '' : `?from=${encodeURIComponent(here)}`;
  if (user === null) return <Navigate replace to={`${paths.login}${from}`} />;
  if (user.mustChangePassword) return <Navigate replace to={`${paths.firstPassword}${from}`} />;
  return <Outlet />;
}
