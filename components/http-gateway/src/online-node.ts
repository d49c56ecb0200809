/**
 * Resolves the node of an instance, waiting a moment: after a start the gateway's link may lag behind the Control
 * Server's knowledge.
 */
import { type ComponentId, say } from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { Member, Peer } from '@zhiyun/link';

const patienceMs = 8_000;

/** Throws `node-unreachable` when it does not come online in time. */
export async function onlineNode(member: Member, nodeId: ComponentId, clock: Clock): Promise<Peer> {
  const node = member.peer(nodeId);
  if (node?.state === 'online') return node;
  const { promise: arrived, resolve } = Promise.withResolvers<Peer>();
  using _listening = member.onPeer(({ peer, state }) => {
    if (peer.id === nodeId && state === 'online') resolve(peer);
  });
  const over = new AbortController();
  const late = clock.sleep(patienceMs, over.signal).then(
    () => undefined,
    () => undefined,
  );
  const peer = await Promise.race([arrived, late]);
  over.abort();
  if (!peer) throw new PlatformError('node-unreachable', say('gateway.node-away'));
  return peer;
}
