/** A Data Server for tests: it knows join tokens and links, and says what a test has put there. */
import type { ComponentId, JoinTokenId, JoinTokenInfo, Link } from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import type { LinkHandlers, Member, MemoryDomain } from '@zhiyun/link';

export class TestDataServer {
  readonly member: Member;
  /** As it answers `listLinks`. */
  links: Link[] = [];
  /** How often it was asked for them. */
  asked = 0;
  readonly tokens = new Map<JoinTokenId, JoinTokenInfo>();
  /** Whom it was told to cut off. */
  readonly removed: ComponentId[] = [];
  /** Questions wait for this before they are answered. */
  delay: Promise<unknown> = Promise.resolve();

  constructor(domain: MemoryDomain, name = 'data-1') {
    this.member = domain.join({ type: 'data-server', name });
    this.member.serve(dataServerLink, this.#handlers());
  }

  #handlers(): LinkHandlers<typeof dataServerLink> {
    const unexpected = () => Promise.reject(new Error('not part of this test'));
    return {
      // biome-ignore lint/correctness/useYield: a memory domain tells its members by itself
      async *register() {
        await unexpected();
      },
      reportLinks: async () => ({}),
      goodbye: async () => ({}),
      renewCertificate: unexpected,
      issueGatewayCertificate: unexpected,
      databaseAccess: unexpected,
      removeComponent: async ({ id }) => {
        this.removed.push(id);
        return {};
      },
      listLinks: async () => {
        this.asked++;
        await this.delay;
        return { links: this.links.map(({ from, to: peer, state, since }) => ({ from, peer, state, since })) };
      },
      createJoinToken: async ({ roles, expiresInSeconds, uses, createdBy }) => {
        const id = newId<JoinTokenId>();
        const now = Date.now();
        const token = {
          id,
          roles,
          expiresAt: new Date(now + expiresInSeconds * 1_000).toISOString(),
          usesLeft: uses ?? null,
          createdAt: new Date(now).toISOString(),
          createdBy,
        };
        this.tokens.set(id, token);
        return { ...token, token: testSecret };
      },
      // Says more than it may, to see that it goes no further.
      listJoinTokens: async () => ({
        items: [...this.tokens.values()].map((token) => ({ ...token, token: testSecret })),
      }),
      revokeJoinToken: async ({ id }) => {
        this.tokens.delete(id);
        return {};
      },
    };
  }
}

export const testSecret = 'zhiyun-join-very-secret';
