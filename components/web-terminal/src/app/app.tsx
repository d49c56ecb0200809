/** Everything around the pages: theme, language, cache, router, and the last net for faults. */
import { QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { createQueryClient } from '../api/query-client.ts';
import { reloadInto } from '../util/load-chunk.ts';
import { createRouter } from './router.tsx';
import { themeOf, useDark } from './theme.ts';

const queryClient = createQueryClient();
const router = createRouter();
reloadInto(() => {
  const { location } = router.state.navigation;
  return location && location.pathname + location.search;
});

export function App() {
  const { i18n } = useTranslation();
  const dark = useDark();
  const theme = useMemo(() => themeOf(dark), [dark]);
  useEffect(() => {
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
    document.body.style.background = theme.token?.colorBgLayout ?? '';
  }, [dark, theme]);
  return (
    <ConfigProvider locale={i18n.language === 'en-US' ? enUS : zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ConfigProvider>
  );
}
