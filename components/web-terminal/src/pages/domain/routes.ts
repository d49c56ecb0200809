import type { PageRoutes } from '../../app/pages/page-routes.ts';
import { paths } from '../../app/paths.ts';

export default {
  routes: [{ path: '/domain', page: () => import('./domain-page.tsx') }],
  targets: { component: paths.component },
} satisfies PageRoutes;
