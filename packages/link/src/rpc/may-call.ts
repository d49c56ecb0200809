/** Which component types call which: only those links are dialled. */
import {
  type ComponentType,
  controlServerLink,
  dataServerLink,
  type LinkTable,
  nodeClientLink,
  storageServerLink,
} from '@zhiyun/contracts/links';

const tables: readonly LinkTable[] = [controlServerLink, dataServerLink, nodeClientLink, storageServerLink];

/** Callers of mounted plain HTTP (REST, uploads), which is in no method table. */
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

/** Links of nodes may rest: there are thousands, and the Data Servers watch both ends (see `PeerSight`). */
export function mayRest(one: ComponentType, other: ComponentType): boolean {
  const both = [one, other];
  return both.includes('node-client') && !both.includes('data-server');
}

/** Of two associates the one that calls the other dials. Where neither calls, both dial, for liveness. */
export function dials(caller: ComponentType, server: ComponentType): boolean {
  return mayCall(caller, server) || !mayCall(server, caller);
}
