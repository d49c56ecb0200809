/** Around every page, inside the router: so that links work in notifications too. Those stand where no button is. */
import { App } from 'antd';
import { Suspense } from 'react';
import { Outlet } from 'react-router';
import { PageLoading } from '../components/page-loading.tsx';

export function Root() {
  return (
    <App notification={{ placement: 'bottomRight', maxCount: 4 }}>
      <Suspense fallback={<PageLoading />}>
        <Outlet />
      </Suspense>
    </App>
  );
}
