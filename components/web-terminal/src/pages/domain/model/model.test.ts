import type { Component, ComponentState, Link, LinkState } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { expect, it } from 'vitest';
import { groupsByCounts, groupsOf, singleTypes } from './service-groups.ts';
import { tiesOfGroups, tiesOfLinks } from './ties.ts';

const component = (type: ComponentType, name: string, state: ComponentState = 'online') =>
  ({ id: `${type} ${name}`.replace(' ', '-'), type, name, state }) as unknown as Component;
const link = (from: string, to: string, state: LinkState, since = '2026-11-22T12:00:00Z') =>
  ({ from, to, state, since }) as unknown as Link;
const counted = (type: ComponentType, online: number, gone = 0) => ({ type, counts: { online, suspect: 0, gone } });

it('groups components by type, in the order of their names as people count', () => {
  const [first] = groupsOf(['n10', 'n9', 'n1'].map((name) => component('node-client', name, 'gone')));
  expect(first?.members?.map(({ name }) => name)).toEqual(['n1', 'n9', 'n10']);
  expect(first).toMatchObject({ total: 3, counts: { online: 0, suspect: 0, gone: 3 } });
});

it('collapses the largest groups until the rest can be drawn', () => {
  const groups = [counted('node-client', 4_990, 10), counted('storage-server', 50), counted('control-server', 9)];
  expect(singleTypes(groups).sort()).toEqual(['control-server', 'storage-server']);
  expect(singleTypes([counted('node-client', 60)])).toEqual(['node-client']);
  expect(singleTypes([counted('node-client', 61)])).toEqual([]);
});

it('draws one tie for both directions, as bad as the worse, and none to what is not drawn', () => {
  const links = [
    link('a', 'b', 'online'),
    link('b', 'a', 'gone', '2026-11-22T13:00:00Z'),
    link('a', 'c', 'online'),
    link('a', 'unknown', 'gone'),
  ];
  expect(tiesOfLinks(links, new Set(['a', 'b', 'c']))).toEqual([
    { id: 'a b', ends: ['a', 'b'], state: 'gone', since: '2026-11-22T13:00:00Z', links: 1, troubled: 1 },
    { id: 'a c', ends: ['a', 'c'], state: 'online', since: '2026-11-22T12:00:00Z', links: 1, troubled: 0 },
  ]);
});

it('ties groups by counts, and tells how many of the links are troubled', () => {
  const c1 = component('control-server', 'c1');
  const c2 = component('control-server', 'c2', 'gone');
  const groups = groupsByCounts(
    [counted('node-client', 5_000), counted('control-server', 1, 1)],
    new Map([['control-server' as const, [c1, c2]]]),
  );
  const troubled = [link('node-7', c1.id, 'gone'), link(c1.id, 'node-7', 'suspect'), link('node-8', c1.id, 'gone')];
  const ties = tiesOfGroups(groups, troubled);
  expect(ties).toHaveLength(2);
  const tieOf = (id: string) => ties.find(({ ends }) => ends.includes(id));
  expect(tieOf(c1.id)).toMatchObject({ state: 'online', links: 5_000, troubled: 2 });
  expect(tieOf(c2.id)).toMatchObject({ state: 'gone', links: 5_000, troubled: 5_000 });
});
