import type { PageRoutes } from '../../app/pages/page-routes.ts';
import { paths } from '../../app/paths.ts';

export default {
  routes: [
    { path: '/instances', page: () => import('./instances-page.tsx') },
    { path: '/instances/:id/:tab?', page: () => import('./instance-page.tsx') },
    { path: '/instances/:id/:kind/window', page: () => import('./console/console-window.tsx'), place: 'window' },
  ],
  targets: { instance: paths.instance },
} satisfies PageRoutes;
