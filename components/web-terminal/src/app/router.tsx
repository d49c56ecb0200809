/** All pages. Each is its own chunk, loaded when first visited. */
import { createBrowserRouter, type RouteObject } from 'react-router';
import { PageLoading } from '../components/page-loading.tsx';
import { CrashPage } from './crash-page.tsx';
import { RequireSession } from './require-session.tsx';
import { Root } from './root.tsx';

export const routeTable: RouteObject[] = [
  {
    Component: Root,
    ErrorBoundary: CrashPage,
    HydrateFallback: PageLoading,
    children: [
      { path: '/login', lazy: () => import('../pages/session/login-page.tsx') },
      { path: '/first-password', lazy: () => import('../pages/session/first-password-page.tsx') },
      {
        Component: RequireSession,
        children: [
          {
            lazy: () => import('./frame/frame.tsx'),
            children: [
              {
                // A page that fails leaves the frame standing.
                ErrorBoundary: CrashPage,
                children: [
                  { index: true, lazy: () => import('../pages/overview/overview-page.tsx') },
                  { path: 'instances', lazy: () => import('../pages/instances/instances-page.tsx') },
                  { path: 'instances/:id/:tab?', lazy: () => import('../pages/instances/instance-page.tsx') },
                  { path: 'images', lazy: () => import('../pages/images/images-page.tsx') },
                  { path: 'pools', lazy: () => import('../pages/pools/pools-page.tsx') },
                  { path: 'pools/:id', lazy: () => import('../pages/pools/pool-page.tsx') },
                  { path: 'nodes', lazy: () => import('../pages/nodes/nodes-page.tsx') },
                  { path: 'nodes/:id', lazy: () => import('../pages/nodes/node-page.tsx') },
                  { path: 'domain', lazy: () => import('../pages/domain/domain-page.tsx') },
                  { path: 'operations', lazy: () => import('../pages/operations/operations-page.tsx') },
                  { path: 'operations/:id', lazy: () => import('../pages/operations/operation-page.tsx') },
                  { path: 'events', lazy: () => import('../pages/events/events-page.tsx') },
                  { path: '*', lazy: () => import('./not-found-page.tsx') },
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
