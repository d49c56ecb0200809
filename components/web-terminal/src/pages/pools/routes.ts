import type { PageRoutes } from '../../app/pages/page-routes.ts';
import { paths } from '../../app/paths.ts';

export default {
  routes: [
    { path: '/pools', page: () => import('./pools-page.tsx') },
    { path: '/pools/:id', page: () => import('./pool-page.tsx') },
  ],
  targets: { 'compute-pool': paths.pool },
} satisfies PageRoutes;
