/** The addresses that are pages, as patterns of the router. The build writes them down for the Http Gateway: everything else is 404. */
export const pagePaths: readonly string[] = [
  '/',
  '/login',
  '/first-password',
  '/instances',
  '/instances/:id/:tab?',
  '/instances/:id/:kind/window',
  '/images',
  '/pools',
  '/pools/:id',
  '/nodes',
  '/nodes/:id',
  '/domain',
  '/operations',
  '/operations/:id',
  '/events',
];
