/** The only place where addresses of the console's own pages are made. */
export const paths = {
  login: '/login',
  firstPassword: '/first-password',
  overview: '/',
  instances: '/instances',
  instance: (id: string) => `/instances/${encodeURIComponent(id)}`,
  instanceTab: (id: string, tab: 'display' | 'serial' | 'activity') => `/instances/${encodeURIComponent(id)}/${tab}`,
  /** Without the frame around it. */
  consoleWindow: (id: string, kind: 'display' | 'serial') => `/instances/${encodeURIComponent(id)}/${kind}/window`,
  instanceCreate: (image?: string) => `/instances?create=${image ? encodeURIComponent(image) : 'blank'}`,
  instancesOfPool: (pool: string) => `/instances?computePool=${encodeURIComponent(pool)}`,
  instancesOfNode: (node: string) => `/instances?node=${encodeURIComponent(node)}`,
  instancesOfState: (state: string) => `/instances?state=${encodeURIComponent(state)}`,
  images: '/images',
  imageAdd: '/images?add=upload',
  pools: '/pools',
  pool: (id: string) => `/pools/${encodeURIComponent(id)}`,
  nodes: '/nodes',
  node: (id: string) => `/nodes/${encodeURIComponent(id)}`,
  domain: '/domain',
  component: (id: string) => `/domain?component=${encodeURIComponent(id)}`,
  componentsOfType: (type: string) => `/domain?view=list&type=${encodeURIComponent(type)}`,
  operations: '/operations',
  operation: (id: string) => `/operations/${encodeURIComponent(id)}`,
  events: '/events',
} as const;

/** Only addresses of our own pages are gone back to after signing in. */
export function safeReturnPath(wanted: string | null): string {
  return wanted?.startsWith('/') && !/^\/[/\\]/.test(wanted) && !wanted.startsWith(paths.login)
    ? wanted
    : paths.overview;
}
