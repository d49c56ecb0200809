/** Everything around the pages: theme, language, cache, router, and the last net for faults. */
import { QueryClientProvider } from '@tanstack/react-query';
import type { User } from '@zhiyun/contracts';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { createQueryClient } from '../api/query-client.ts';
import { sessionKey } from '../api/session.ts';
import { reloadInto } from '../util/load-chunk.ts';
import { popupsId } from './root.tsx';
import { createRouter } from './router.tsx';
import { themeOf } from './theme.ts';
import { useDark } from './use-dark.ts';

/** Made when the console is first shown, and not when it is fetched: the router begins where the page is then. */
function start(user: User | undefined) {
  const queryClient = createQueryClient();
  if (user) queryClient.setQueryData(sessionKey, user);
  const router = createRouter();
  reloadInto(() => {
    const { location } = router.state.navigation;
    return location && location.pathname + location.search;
  });
  return { queryClient, router };
}

/** `user`: who is signed in, where that is known already. */
export function App({ user }: { user: User | undefined }) {
  const [{ queryClient, router }] = useState(() => start(user));
  const { i18n } = useTranslation();
  const dark = useDark();
  const theme = useMemo(() => themeOf(dark), [dark]);
  useEffect(() => {
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
    document.body.style.background = theme.token?.colorBgLayout ?? '';
  }, [dark, theme]);
  return (
    <ConfigProvider
      getPopupContainer={() => document.getElementById(popupsId) ?? document.body}
      locale={i18n.language === 'en-US' ? enUS : zhCN}
      theme={theme}
      button={{ autoInsertSpace: false }}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ConfigProvider>
  );
}
