import type { PageRoutes } from '../../app/pages/page-routes.ts';

export default {
  routes: [
    { path: '/login', page: () => import('./login-page.tsx'), place: 'open' },
    { path: '/first-password', page: () => import('./first-password-page.tsx'), place: 'open' },
  ],
} satisfies PageRoutes;
