/** Who has something to ask of whom: only those links are dialled. */
import {
  type ComponentType,
  controlServerLink,
  dataServerLink,
  type LinkTable,
  nodeClientLink,
  storageServerLink,
} from '@zhiyun/contracts/links';

const tables: readonly LinkTable[] = [controlServerLink, dataServerLink, nodeClientLink, storageServerLink];

/** Plain HTTP, which stands in no table: REST and uploads. */
const mounts: readonly (readonly [caller: ComponentType, server: ComponentType])[] = [
  ['http-gateway', 'control-server'],
  ['http-gateway', 'storage-server'],
];

const pairs = new Set([
  ...tables.flatMap(({ server, methods }) =>
    Object.values(methods).flatMap(({ callers }) => callers.map((caller) => `${caller} ${server}`)),
  ),
  ...mounts.map(([caller, server]) => `${caller} ${server}`),
]);

export function mayCall(caller: ComponentType, server: ComponentType): boolean {
  return pairs.has(`${caller} ${server}`);
}

/** There are thousands of nodes: what they and others see of each other, the Data Servers see too, and tell (see `PeerSight`). */
export function mayRest(one: ComponentType, other: ComponentType): boolean {
  const both = [one, other];
  return both.includes('node-client') && !both.includes('data-server');
}

/** Of two associates, who has something to ask dials; where neither has, both do, so that they see each other. */
export function dials(caller: ComponentType, server: ComponentType): boolean {
  return mayCall(caller, server) || !mayCall(server, caller);
}
