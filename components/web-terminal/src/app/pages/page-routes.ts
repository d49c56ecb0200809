/**
 * What `pages/<kind>/routes.ts` says: the addresses of its pages, each loaded when first visited. It is read by the router, and by the
 * build, which has no browser: it imports nothing but types and `paths`.
 */
import type { TargetKind } from '@zhiyun/contracts';
import type { ComponentType } from 'react';

export interface PageRoute {
  /** A pattern of the router, from the first slash on. */
  readonly path: string;
  readonly page: () => Promise<{ Component: ComponentType }>;
  /** `window`: without menu and top bar around it. `open`: so too, and without a session. Default: `frame`. */
  readonly place?: 'frame' | 'window' | 'open';
}

export interface PageRoutes {
  readonly routes: readonly PageRoute[];
  /** Where an event or an operation leads that is about one of these. */
  readonly targets?: { readonly [Kind in TargetKind]?: (id: string) => string };
}
