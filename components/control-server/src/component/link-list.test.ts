import type { ComponentId, Link } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { CallOptions, Member, Peer } from '@zhiyun/link';
import { describe, expect, it } from 'vitest';
import { pageOfLinks, readLinks } from './link-list.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'] as ComponentId[] as [ComponentId, ComponentId, ComponentId, ComponentId];
const link = (from: ComponentId, to: ComponentId, state: Link['state'] = 'online', second = 0): Link => ({
  from,
  to,
  state,
  since: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
});

/** Data Servers of which each knows these links, or does not answer. */
function dataServers(...knowing: (Link[] | 'silent')[]) {
  const asked: (CallOptions | undefined)[] = [];
  const peers = knowing.map((links) => ({
    as: () => ({
      async listLinks(_: object, options?: CallOptions) {
        asked.push(options);
        if (links === 'silent') throw new PlatformError('timeout', 'No answer in time.');
        return { links: links.map(({ to: peer, ...rest }) => ({ ...rest, peer })) };
      },
    }),
  }));
  const self = { id: d, onlinePeers: () => peers as unknown as Peer[], peers: seenBySelf };
  return { asked, member: self satisfies Pick<Member, 'id' | 'peers' | 'onlinePeers'> };
}

/** All that the one who asks sees itself: the node a. */
function seenBySelf(type: ComponentType): Peer[] {
  const node = { id: a, state: 'online', since: Date.UTC(2026, 0, 1) };
  return type === 'node-client' ? [node as Peer] : [];
}

describe('the links', () => {
  it('are what all Data Servers know, in order, each once and as it was told last', async () => {
    const { member, asked } = dataServers(
      [link(b, a), link(a, b, 'suspect', 2), link(c, a, 'gone', 1)],
      [link(a, b, 'online', 1), link(a, c), link(c, a, 'online', 3)],
    );
    expect(await readLinks(member)).toEqual([
      link(a, b, 'suspect', 2),
      link(a, c),
      link(b, a),
      link(c, a, 'online', 3),
    ]);
    expect(asked).toEqual([{ timeoutMs: 2_000 }, { timeoutMs: 2_000 }]);
  });

  it('lack only what a silent Data Server alone knew', async () => {
    expect(await readLinks(dataServers('silent', [link(a, b)]).member)).toEqual([link(a, b)]);
    expect(await readLinks(dataServers('silent', []).member)).toEqual([]);
  });

  it('are the own ones while no Data Server answers', async () => {
    expect(await readLinks(dataServers('silent', 'silent').member)).toEqual([link(d, a)]);
    expect(await readLinks(dataServers().member)).toEqual([link(d, a)]);
  });
});

describe('a page', () => {
  const links = [link(a, b), link(a, c, 'gone'), link(b, a), link(c, a), link(c, b)];

  it('goes on where the last one ended', async () => {
    const first = await pageOfLinks(links, { limit: 3 });
    expect(first.items).toEqual(links.slice(0, 3));
    const second = await pageOfLinks(links, { limit: 3, cursor: first.nextCursor ?? '' });
    expect(second).toEqual({ items: links.slice(3), nextCursor: null });
    expect((await pageOfLinks(links, { limit: 5 })).nextCursor).toBeNull();
    await expect(pageOfLinks(links, { limit: 5, cursor: 'nonsense' })).rejects.toThrow('cursor');
  });

  it('holds the links of one component in both directions, or those in one state', async () => {
    expect((await pageOfLinks(links, { limit: 9, component: b })).items).toEqual([link(a, b), link(b, a), link(c, b)]);
    expect((await pageOfLinks(links, { limit: 9, state: 'gone' })).items).toEqual([link(a, c, 'gone')]);
  });
});
