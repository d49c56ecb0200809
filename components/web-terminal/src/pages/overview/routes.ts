import type { PageRoutes } from '../../app/pages/page-routes.ts';

export default {
  routes: [{ path: '/', page: () => import('./overview-page.tsx') }],
} satisfies PageRoutes;
