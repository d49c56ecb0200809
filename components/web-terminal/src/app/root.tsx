/** Around every page, inside the router: so that links work in notifications too. */
import { App } from 'antd';
import { Suspense } from 'react';
import { Outlet } from 'react-router';
import { PageLoading } from '../components/page-loading.tsx';

export function Root() {
  return (
    <App notification={{ placement: 'topRight', maxCount: 4 }}>
      <Suspense fallback={<PageLoading />}>
        <Outlet />
      </Suspense>
    </App>
  );
}
