/** Asks a Data Server to cut a component off for good. */
import { type ComponentId, type ErrorCode, say } from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import { type Clock, PlatformError, retry } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';

export interface CutOffDeps {
  member: Pick<Member, 'onlinePeers'>;
  clock: Clock;
}

const backoff = { firstMs: 200, maxMs: 5_000 };
/** About a minute: Data Servers may be restarting. */
const tries = 16;
/** Answers of one Data Server that another, or the same a little later, may not give. */
const worthAsking: readonly ErrorCode[] = ['unavailable', 'timeout', 'database-unavailable', 'component-removed'];

/** Throws `unavailable` when no Data Server can be asked, `not-found` when they know no such component. */
export async function removeFromDomain(deps: CutOffDeps, id: ComponentId, signal: AbortSignal): Promise<void> {
  const isPassing = (error: unknown) => error instanceof PlatformError && worthAsking.includes(error.code);
  await retry((attempt) => ask(deps, id, attempt, signal), {
    clock: deps.clock,
    backoff,
    signal,
    again: (error, attempt) => isPassing(error) && attempt + 1 < tries,
  });
}

/** Each try another one; the one that is to go only when there is no other. */
async function ask({ member }: CutOffDeps, id: ComponentId, attempt: number, signal: AbortSignal): Promise<void> {
  const online = member.onlinePeers('data-server');
  const others = online.filter((peer) => peer.id !== id);
  const asked = others.length > 0 ? others : online;
  const peer = asked[attempt % asked.length];
  if (!peer) throw new PlatformError('unavailable', say('component.no-data-server-to-cut-off'));
  await peer.as(dataServerLink).removeComponent({ id }, { signal });
}
