/** The pages that there are: every folder of `pages/` with a `routes.ts`. Their code stays where it is until somebody visits them. */
import type { ToldTarget } from '@zhiyun/contracts';
import type { PageRoute, PageRoutes } from './page-routes.ts';

const modules = import.meta.glob<PageRoutes>('../../pages/*/routes.ts', { eager: true, import: 'default' });
const pages = Object.values(modules);

export const pageRoutes: readonly PageRoute[] = pages.flatMap(({ routes }) => routes);

/** Where the page of an event's or operation's subject is; users and the platform itself have none. */
export function targetPath({ kind, id }: Pick<ToldTarget, 'kind' | 'id'>): string | undefined {
  const targets: readonly Readonly<Record<string, ((id: string) => string) | undefined>>[] = pages.flatMap(
    (page) => page.targets ?? [],
  );
  return targets.find((each) => Object.hasOwn(each, kind))?.[kind]?.(id);
}
