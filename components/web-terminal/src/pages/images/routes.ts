import type { PageRoutes } from '../../app/pages/page-routes.ts';
import { paths } from '../../app/paths.ts';

export default {
  routes: [{ path: '/images', page: () => import('./images-page.tsx') }],
  targets: { image: () => paths.images },
} satisfies PageRoutes;
