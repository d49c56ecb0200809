import type { PageRoutes } from '../../app/pages/page-routes.ts';

export default {
  routes: [{ path: '/events', page: () => import('./events-page.tsx') }],
} satisfies PageRoutes;
