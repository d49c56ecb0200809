/** The frame around all pages: menu, top bar, banner, and the one live feed. */
import { Button, Grid, Layout, theme } from 'antd';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useLocation } from 'react-router';
import { LiveContext, useLiveFeed } from '../../api/live-context.ts';
import { PageLoading } from '../../components/page-loading.tsx';
import { preferences, usePreferences } from '../preferences.ts';
import { DataServerBanner } from './data-server-banner.tsx';
import { useKeepFocus } from './keep-focus.ts';
import { LiveBanner } from './live-banner.tsx';
import { OperationNotices } from './operation-notices.tsx';
import { NarrowMenu, SideMenu } from './side-menu.tsx';
import { TopBar } from './top-bar.tsx';

export function Component() {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const wide = Grid.useBreakpoint().lg ?? window.innerWidth >= 992;
  const { menuCollapsed } = usePreferences();
  const [drawerOpen, setDrawerOpen] = useState(false);
  const live = useLiveFeed();
  useKeepFocus();
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page starts at its top, with the menu closed
  useEffect(() => {
    setDrawerOpen(false);
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <LiveContext value={live}>
      <Button type="primary" className="skip-link" onClick={() => content.current?.focus()}>
        {t('skipToContent')}
      </Button>
      <Layout hasSider={wide} style={{ minHeight: '100vh' }}>
        {wide ? (
          <SideMenu
            collapsed={menuCollapsed}
            onCollapse={(collapsed) => preferences.set({ menuCollapsed: collapsed })}
          />
        ) : (
          <NarrowMenu open={drawerOpen} onClose={() => setDrawerOpen(false)} />
        )}
        <Layout>
          <TopBar wide={wide} onOpenMenu={() => setDrawerOpen(true)} />
          <LiveBanner live={live} />
          <DataServerBanner />
          <Layout.Content
            id="content"
            ref={content}
            tabIndex={-1}
            style={{ outline: 'none', padding: wide ? token.paddingLG : token.padding, minWidth: 0 }}
          >
            <div style={{ maxWidth: 1440, margin: '0 auto' }}>
              <Suspense fallback={<PageLoading />}>
                <Outlet />
              </Suspense>
            </div>
          </Layout.Content>
        </Layout>
      </Layout>
      <OperationNotices />
    </LiveContext>
  );
}
