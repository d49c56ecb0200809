import type { Component, ComponentState } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { expect, it } from 'vitest';
import { groupsOf } from '../model/service-groups.ts';
import { type Box, layOut } from './lay-out.ts';

const component = (type: ComponentType, number: number, state: ComponentState = 'online') =>
  ({ id: `${type}-${number}`, type, name: `host-${number}`, state }) as unknown as Component;
const many = (type: ComponentType, count: number, state?: ComponentState) =>
  Array.from({ length: count }, (_, index) => component(type, index, state));

const domain = [
  ...many('node-client', 40),
  ...many('data-server', 2),
  ...many('control-server', 3),
  ...many('http-gateway', 2),
  ...many('storage-server', 2),
];

const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

it.each([false, true])('puts gateways on top, nodes below, and nothing on anything (narrow: %s)', (narrow) => {
  const { groups, width, height } = layOut(groupsOf(domain), narrow);
  const top = (type: ComponentType) => groups.find((group) => group.type === type)?.frame.y ?? Number.NaN;
  expect(top('http-gateway')).toBeLessThan(top('control-server'));
  expect(top('control-server')).toBeLessThan(top('storage-server'));
  expect(top('storage-server')).toBeLessThan(top('node-client'));
  const boxes = groups.flatMap(({ cards }) => cards);
  expect(boxes).toHaveLength(domain.length);
  for (const [index, a] of boxes.entries()) for (const b of boxes.slice(index + 1)) expect(apart(a, b)).toBe(true);
  for (const { frame, cards } of groups) {
    for (const { x, y, width: across, height: down } of cards) {
      expect(x).toBeGreaterThanOrEqual(frame.x);
      expect(y).toBeGreaterThan(frame.y);
      expect(x + across).toBeLessThanOrEqual(frame.x + frame.width);
      expect(y + down).toBeLessThanOrEqual(frame.y + frame.height);
    }
    expect(frame.x + frame.width).toBeLessThanOrEqual(width);
    expect(frame.y + frame.height).toBeLessThanOrEqual(height);
  }
});

it('depends neither on states nor on the order in which components are told', () => {
  const lost = domain.map((each) => ({ ...each, state: 'gone' as const })).reverse();
  expect(layOut(groupsOf(lost), false)).toEqual(layOut(groupsOf(domain), false));
});
