import type { PageRoutes } from '../../app/pages/page-routes.ts';
import { paths } from '../../app/paths.ts';

export default {
  routes: [
    { path: '/nodes', page: () => import('./nodes-page.tsx') },
    { path: '/nodes/:id', page: () => import('./node-page.tsx') },
  ],
  targets: { node: paths.node },
} satisfies PageRoutes;
