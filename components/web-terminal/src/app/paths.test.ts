import { expect, it } from 'vitest';
import { paths, safeReturnPath } from './paths.ts';

it('makes all addresses of the console', () => {
  const made = Object.entries(paths).map(([name, path]) => {
    if (typeof path === 'string') return `${name}: ${path}`;
    return `${name}: ${(path as (...parameters: string[]) => string)('a/b', 'serial')}`;
  });
  expect(made).toMatchInlineSnapshot(`
    [
      "login: /login",
      "firstPassword: /first-password",
      "overview: /",
      "instances: /instances",
      "instance: /instances/a%2Fb",
      "instanceTab: /instances/a%2Fb/serial",
      "consoleWindow: /instances/a%2Fb/serial/window",
      "instanceCreate: /instances?create=a%2Fb",
      "instancesOfPool: /instances?computePool=a%2Fb",
      "instancesOfNode: /instances?node=a%2Fb",
      "instancesOfState: /instances?state=a%2Fb",
      "images: /images",
      "imageAdd: /images?add=upload",
      "pools: /pools",
      "pool: /pools/a%2Fb",
      "nodes: /nodes",
      "node: /nodes/a%2Fb",
      "domain: /domain",
      "component: /domain?component=a%2Fb",
      "componentsOfType: /domain?view=list&type=a%2Fb",
      "operations: /operations",
      "operation: /operations/a%2Fb",
      "events: /events",
    ]
  `);
});

it('goes back only to pages of our own after signing in', () => {
  expect(safeReturnPath('/instances?state=running')).toBe('/instances?state=running');
  for (const foreign of [
    'https://example.com',
    '//example.com',
    '/\\example.com',
    'instances',
    '/login?from=x',
    null,
  ]) {
    expect(safeReturnPath(foreign)).toBe('/');
  }
});
