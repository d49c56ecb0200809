import type { PageRoutes } from '../../app/pages/page-routes.ts';

export default {
  routes: [{ path: '/ssh-keys', page: () => import('./ssh-keys-page.tsx') }],
  targets: { 'ssh-key': () => '/ssh-keys' },
} satisfies PageRoutes;
