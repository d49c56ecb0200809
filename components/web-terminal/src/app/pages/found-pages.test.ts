// @vitest-environment jsdom
import { type TargetKind, targetKinds } from '@zhiyun/contracts';
import type { RouteObject } from 'react-router';
import { expect, it } from 'vitest';
import { pagePaths } from '../../../tools/page-paths.ts';
import { routeTable } from '../router.tsx';
import { targetPath } from './found-pages.ts';
import { menuEntries } from './menu-entries.ts';

/** Addresses of all rows that have a page of their own. */
function addressesOf(routes: readonly RouteObject[]): string[] {
  return routes.flatMap(({ path, children }) => {
    if (children) return addressesOf(children);
    return path === undefined || path === '*' ? [] : [path];
  });
}

it('tells the gateway of every page that the router has, and of no other', async () => {
  expect([...(await pagePaths())].sort()).toEqual(addressesOf(routeTable).sort());
  expect(await pagePaths()).toContain('/instances/:id/:tab?');
});

it('has a menu in its order, of which each entry leads to a page', async () => {
  expect(menuEntries.map(({ path }) => path).slice(0, 3)).toEqual(['/', '/instances', '/images']);
  expect(menuEntries.at(-1)?.path).toBe('/events');
  expect(await pagePaths()).toEqual(expect.arrayContaining(menuEntries.map(({ path }) => path)));
  expect(new Set(menuEntries.map(({ order }) => order)).size).toBe(menuEntries.length);
});

it('knows the page of a target, or that there is none', () => {
  expect(targetPath({ kind: 'instance', id: 'a/b' })).toBe('/instances/a%2Fb');
  expect(targetPath({ kind: 'image', id: 'x' })).toBe('/images');
  const without = (targetKinds as readonly TargetKind[]).filter((kind) => !targetPath({ kind, id: 'x' }));
  expect(without).toEqual(['user', 'system']);
});
