/** Component types (组件) and which of them are associated (组件关联): the one table. */
import { z } from 'zod';

export const componentTypes = [
  'data-server',
  'control-server',
  'node-client',
  'storage-server',
  'http-gateway',
  'intelligent-router',
  'statistic-server',
] as const;
export const componentTypeSchema = z.enum(componentTypes);
export type ComponentType = z.infer<typeof componentTypeSchema>;

/** Pairs, each said once. Everybody is associated with the Data Servers besides. */
const associations: readonly (readonly [ComponentType, ComponentType])[] = [
  ['node-client', 'control-server'],
  ['node-client', 'storage-server'],
  ['storage-server', 'control-server'],
  ['http-gateway', 'control-server'],
  ['http-gateway', 'storage-server'],
  ['http-gateway', 'node-client'],
  ['intelligent-router', 'control-server'],
  ['statistic-server', 'control-server'],
];

/** Types a component of `type` connects to, besides its Data Servers. */
export function associatedTypes(type: ComponentType): ComponentType[] {
  if (type === 'data-server') return componentTypes.filter((other) => other !== 'data-server');
  return associations.filter((pair) => pair.includes(type)).map(([a, b]) => (a === type ? b : a));
}

export function associated(a: ComponentType, b: ComponentType): boolean {
  return a === 'data-server' || b === 'data-server' || associatedTypes(a).includes(b);
}

/**
 * Types whose members may meet their own kind for one exchange, on a ticket that a Control Server has given. They are no associates: no
 * directory is streamed to them and no link stands between them (decision 0024).
 */
const meetings: readonly ComponentType[] = ['storage-server', 'node-client'];

export function mayMeet(a: ComponentType, b: ComponentType): boolean {
  return a === b && meetings.includes(a);
}
