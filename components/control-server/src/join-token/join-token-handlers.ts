/** REST of join tokens. They are the Data Servers' own; the secret of one passes through here once and stays nowhere. */
import { type EventKind, say } from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { CallOptions, LinkClient, Member } from '@zhiyun/link';
import { recordEvent, type Store } from '@zhiyun/store';
import { actorOf, type Principal, type RestHandlers } from '../rest/rest-handlers.ts';

export interface JoinTokenHandlersDeps {
  store: Store;
  member: Pick<Member, 'domain' | 'onlinePeers'>;
}
export type JoinTokenHandlers = Pick<RestHandlers, 'listJoinTokens' | 'createJoinToken' | 'revokeJoinToken'>;

export function joinTokenHandlers({ store, member }: JoinTokenHandlersDeps): JoinTokenHandlers {
  function tell(kind: EventKind, principal: Principal, data: { token: string; roles: string[] }): Promise<void> {
    const subject = { kind: 'system', ...member.domain } as const;
    return store.tx((tx) => recordEvent(tx, { kind, subject, data, actor: actorOf(principal) }));
  }
  return {
    listJoinTokens: () => askDataServer(member, (dataServer, options) => dataServer.listJoinTokens({}, options)),

    async createJoinToken({ body, principal }) {
      const { uses, ...wanted } = body;
      // Between components a number that is left out is any number, as it always was.
      const limit = uses === null ? {} : { uses: uses ?? new Set(body.roles).size };
      const created = await askDataServer(member, (dataServer, options) =>
        dataServer.createJoinToken({ ...wanted, ...limit, createdBy: principal.username }, options),
      );
      await tell('join-token.created', principal, { token: created.id, roles: created.roles });
      return created;
    },

    async revokeJoinToken({ params: { id }, principal }) {
      const { items } = await askDataServer(member, (dataServer, options) => dataServer.listJoinTokens({}, options));
      const token = items.find((item) => item.id === id);
      if (!token) throw new PlatformError('not-found', say('join-token.unknown', { id }));
      await askDataServer(member, (dataServer, options) => dataServer.revokeJoinToken({ id: token.id }, options));
      await tell('join-token.revoked', principal, { token: token.id, roles: token.roles });
      return undefined;
    },
  };
}

const answerWithinMs = 3_000;
type DataServer = LinkClient<typeof dataServerLink>;

/** Any of them will do. Throws what it answers, `unavailable` when none does. */
async function askDataServer<T>(
  member: Pick<Member, 'onlinePeers'>,
  ask: (dataServer: DataServer, options: CallOptions) => Promise<T>,
): Promise<T> {
  let silence: unknown;
  for (const peer of member.onlinePeers('data-server')) {
    try {
      return await ask(peer.as(dataServerLink), { timeoutMs: answerWithinMs });
    } catch (error) {
      if (!(error instanceof PlatformError) || (error.code !== 'unavailable' && error.code !== 'timeout')) throw error;
      silence = error;
    }
  }
  throw new PlatformError('unavailable', say('join-token.no-data-server'), { cause: silence });
}
