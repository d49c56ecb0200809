// @vitest-environment jsdom
import type { RouteObject } from 'react-router';
import { expect, test } from 'vitest';
import { pagePaths } from './page-paths.ts';
import { routeTable } from './router.tsx';

/** Addresses of all rows that have a page of their own. */
function addressesOf(routes: readonly RouteObject[], under = ''): string[] {
  return routes.flatMap(({ path, index, children }) => {
    const here = path === undefined ? under : path.startsWith('/') ? path : `${under}/${path}`;
    if (children) return addressesOf(children, here);
    return path === '*' ? [] : [index ? `${here}/` : here];
  });
}

test('the gateway is told of every page that the router has, and of no other', () => {
  expect([...pagePaths].sort()).toEqual(addressesOf(routeTable).sort());
});
