import type { PageRoutes } from '../../app/pages/page-routes.ts';

export default {
  routes: [
    { path: '/operations', page: () => import('./operations-page.tsx') },
    { path: '/operations/:id', page: () => import('./operation-page.tsx') },
  ],
} satisfies PageRoutes;
