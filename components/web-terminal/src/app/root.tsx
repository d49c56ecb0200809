/** Around every page, inside the router: so that links work in notifications too. Those stand where no button is. */
import { App } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { PageLoading } from '../components/page-loading.tsx';

/** Of the element that holds menus, lists of choices and dialogs. */
export const popupsId = 'popups';

export function Root() {
  const { t } = useTranslation();
  return (
    <App notification={{ placement: 'bottomRight', maxCount: 4 }}>
      <Suspense fallback={<PageLoading />}>
        <Outlet />
      </Suspense>
      {/* Menus and dialogs are drawn in here: all that is on a page is part of a landmark. */}
      <section id={popupsId} aria-label={t('popups')} />
    </App>
  );
}
