/** All pages. Each is its own chunk, loaded when first visited. */
import { createBrowserRouter, type RouteObject } from 'react-router';
import { PageLoading } from '../components/page-loading.tsx';
import { loadChunk } from '../util/load-chunk.ts';
import { CrashPage } from './crash-page.tsx';
import { pageRoutes } from './pages/found-pages.ts';
import type { PageRoute } from './pages/page-routes.ts';
import { RequireSession } from './require-session.tsx';
import { Root } from './root.tsx';

const routesAt = (wanted: NonNullable<PageRoute['place']>): RouteObject[] =>
  pageRoutes
    .filter(({ place = 'frame' }) => place === wanted)
    .map(({ path, page }) => ({ path, lazy: () => loadChunk(page) }));

export const routeTable: RouteObject[] = [
  {
    Component: Root,
    ErrorBoundary: CrashPage,
    HydrateFallback: PageLoading,
    children: [
      ...routesAt('open'),
      {
        Component: RequireSession,
        children: [
          ...routesAt('window'),
          {
            lazy: () => loadChunk(() => import('./frame/frame.tsx')),
            children: [
              {
                // A page that fails leaves the frame standing.
                ErrorBoundary: CrashPage,
                children: [
                  ...routesAt('frame'),
                  { path: '*', lazy: () => loadChunk(() => import('./not-found-page.tsx')) },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
];

export const createRouter = () => createBrowserRouter(routeTable);
