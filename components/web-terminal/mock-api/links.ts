/** The links of the mock's domain: worked out from who is associated with whom and who is there. */
import type { Component, Link, LinkState } from '@zhiyun/contracts';
import { associated } from '@zhiyun/contracts/links';

const stateTo: Record<Component['state'], LinkState> = { online: 'online', suspect: 'suspect', gone: 'gone' };
const later = (a: string, b: string) => (a > b ? a : b);

/** Reported by who has them, so those of a component that is gone are only heard of from its associates. */
export function linksBetween(from: readonly Component[], to: readonly Component[]): Link[] {
  const byType = [...Map.groupBy(to, ({ type }) => type)];
  return from
    .filter(({ state }) => state !== 'gone')
    .flatMap((here) =>
      byType
        .filter(([type]) => associated(here.type, type))
        .flatMap(([, components]) => components)
        .filter(({ id }) => id !== here.id)
        .map((there) => ({
          from: here.id,
          to: there.id,
          state: stateTo[there.state],
          since: there.state === 'online' ? later(here.since, there.since) : there.since,
        })),
    );
}
