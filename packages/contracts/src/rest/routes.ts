/** The table of all routes of the public API. Adding a row to a domain's routes.ts is the first step of every new endpoint. */
import { componentRoutes } from '../component/routes.ts';
import { computePoolRoutes } from '../compute-pool/routes.ts';
import { eventRoutes } from '../event/routes.ts';
import { identityRoutes } from '../identity/routes.ts';
import { imageRoutes } from '../image/routes.ts';
import { instanceRoutes } from '../instance/routes.ts';
import { joinTokenRoutes } from '../join-token/routes.ts';
import { nodeRoutes } from '../node/routes.ts';
import { operationRoutes } from '../operation/routes.ts';
import { sshKeyRoutes } from '../ssh-key/routes.ts';
import { systemRoutes } from '../system/routes.ts';

export const routes = {
  ...identityRoutes,
  ...systemRoutes,
  ...componentRoutes,
  ...joinTokenRoutes,
  ...computePoolRoutes,
  ...nodeRoutes,
  ...instanceRoutes,
  ...imageRoutes,
  ...sshKeyRoutes,
  ...operationRoutes,
  ...eventRoutes,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
