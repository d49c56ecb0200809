/** The components of the mock's domain: a small cluster on the first servers, or one server with everything on it. */
import { type Component, componentIdSchema, type JoinTokenInfo, joinTokenIdSchema, type Node } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { ago, hostAddress, seededId } from './seed.ts';

const roleCounts = {
  single: { 'data-server': 1, 'control-server': 1, 'storage-server': 1, 'http-gateway': 1 },
  cluster: { 'data-server': 2, 'control-server': 3, 'storage-server': 2, 'http-gateway': 2 },
} as const satisfies Record<string, Partial<Record<ComponentType, number>>>;

const ports: Partial<Record<ComponentType, number>> = { 'data-server': 7443, 'node-client': 7448 };

export function componentOn(host: number, type: ComponentType, draft: Partial<Component> = {}): Component {
  const joinedAt = ago(60 * 24 * 60 - host * 7);
  return {
    id: componentIdSchema.parse(crypto.randomUUID()),
    type,
    name: `node-${host + 1}`,
    state: 'online',
    since: ago(60 * 24 * 3 + host * 11),
    addresses: [`${hostAddress(host)}:${ports[type] ?? 7445}`],
    version: '0.1.0',
    machine: `machine-${host + 1}`,
    joinedAt,
    clockSkewMs: 4 + host,
    ...draft,
  };
}

export function seedComponents(nodes: readonly Node[], size: keyof typeof roleCounts): Component[] {
  let number = 0;
  const roles = Object.entries(roleCounts[size]).flatMap(([type, count]) =>
    Array.from({ length: count }, (_, host) =>
      componentOn(host, type as ComponentType, { id: componentIdSchema.parse(seededId('component', ++number)) }),
    ),
  );
  const clients = nodes.map(({ id, state, stateSince }, host) =>
    componentOn(host, 'node-client', {
      id,
      state: state === 'offline' ? 'gone' : state,
      ...(state === 'online' ? {} : { since: stateSince }),
    }),
  );
  return [...roles, ...clients];
}

export function seedJoinTokens(): (JoinTokenInfo & { token: string })[] {
  return [
    {
      id: joinTokenIdSchema.parse(seededId('component', 900)),
      roles: ['node-client', 'storage-server'],
      expiresAt: ago(-60 * 20),
      usesLeft: 6,
      createdAt: ago(60 * 4),
      createdBy: 'admin',
      token: 'zyj1.seeded',
    },
  ];
}
