/** All pages. Each is its own chunk, loaded when first visited. */
import { createBrowserRouter, type RouteObject } from 'react-router';
import { PageLoading } from '../components/page-loading.tsx';
import { loadChunk } from '../util/load-chunk.ts';
import { CrashPage } from './crash-page.tsx';
import { RequireSession } from './require-session.tsx';
import { Root } from './root.tsx';

export const routeTable: RouteObject[] = [
  {
    Component: Root,
    ErrorBoundary: CrashPage,
    HydrateFallback: PageLoading,
    children: [
      { path: '/login', lazy: () => loadChunk(() => import('../pages/session/login-page.tsx')) },
      { path: '/first-password', lazy: () => loadChunk(() => import('../pages/session/first-password-page.tsx')) },
      {
        Component: RequireSession,
        children: [
          {
            path: 'instances/:id/:kind/window',
            lazy: () => loadChunk(() => import('../pages/instances/console/console-window.tsx')),
          },
          {
            lazy: () => loadChunk(() => import('./frame/frame.tsx')),
            children: [
              {
                // A page that fails leaves the frame standing.
                ErrorBoundary: CrashPage,
                children: [
                  { index: true, lazy: () => loadChunk(() => import('../pages/overview/overview-page.tsx')) },
                  { path: 'instances', lazy: () => loadChunk(() => import('../pages/instances/instances-page.tsx')) },
                  {
                    path: 'instances/:id/:tab?',
                    lazy: () => loadChunk(() => import('../pages/instances/instance-page.tsx')),
                  },
                  { path: 'images', lazy: () => loadChunk(() => import('../pages/images/images-page.tsx')) },
                  { path: 'pools', lazy: () => loadChunk(() => import('../pages/pools/pools-page.tsx')) },
                  { path: 'pools/:id', lazy: () => loadChunk(() => import('../pages/pools/pool-page.tsx')) },
                  { path: 'nodes', lazy: () => loadChunk(() => import('../pages/nodes/nodes-page.tsx')) },
                  { path: 'nodes/:id', lazy: () => loadChunk(() => import('../pages/nodes/node-page.tsx')) },
                  { path: 'domain', lazy: () => loadChunk(() => import('../pages/domain/domain-page.tsx')) },
                  {
                    path: 'operations',
                    lazy: () => loadChunk(() => import('../pages/operations/operations-page.tsx')),
                  },
                  {
                    path: 'operations/:id',
                    lazy: () => loadChunk(() => import('../pages/operations/operation-page.tsx')),
                  },
                  { path: 'events', lazy: () => loadChunk(() => import('../pages/events/events-page.tsx')) },
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
