/**
 * How the Control Server asks nodes and Storage Servers. A peer that is away for a moment (its agent restarts, the link
 * breaks in mid-call) is waited for and asked again: every order is idempotent by its generation. One that stays away is
 * `node-unreachable` or `storage-unreachable`, named.
 */

import { type ComponentId, type ErrorCode, type NodeId, say } from '@zhiyun/contracts';
import { type nodeClientLink, storageServerLink } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { LinkClient, Member, Peer } from '@zhiyun/link';
import { HandOver } from '@zhiyun/transaction';
import { nounOf } from '../reference/named.ts';
import { nodeClientOf } from './node-orders.ts';

export type NodeClient = LinkClient<typeof nodeClientLink>;
export type StorageClient = LinkClient<typeof storageServerLink>;

export type StoragePeer = Pick<Peer, 'id' | 'name' | 'endpoint' | 'protocol'>;

export interface AskOptions {
  signal?: AbortSignal;
  /** How long the peer may be away before the question fails. Default 0: it must be there now. */
  patienceMs?: number;
}

export interface Peers {
  /**
   * Throws what the node answers, `node-unreachable` when it is away for longer than `patienceMs`, and `HandOver` when
   * another Control Server hears it then.
   */
  askNode<T>(id: NodeId, ask: (node: NodeClient) => Promise<T>, options?: AskOptions): Promise<T>;
  /** The same for a Storage Server: `storage-unreachable`. */
  askStorage<T>(
    id: ComponentId,
    ask: (storage: StorageClient, peer: StoragePeer) => Promise<T>,
    options?: AskOptions,
  ): Promise<T>;
}

/** A peer that comes and goes at every try is not «away», but it must end some time. */
const maxTries = 5;
/** A node that is really away is missed by everybody by then. */
const missedMs = 3_500;

export interface PeersOptions {
  member: Pick<Member, 'peer' | 'onPeer'>;
  clock: Clock;
  /** Another Control Server that hears the node now. */
  heardBy?: (id: NodeId) => Promise<ComponentId | undefined>;
}

export function createPeers({ member, clock, heardBy }: PeersOptions): Peers {
  /** Who asks with patience is an operation: it goes on where the node is heard, when that is not here. */
  async function handOverUnlessHeard(id: NodeId, { signal, patienceMs = 0 }: AskOptions): Promise<void> {
    if (patienceMs <= missedMs || (await onlinePeer(member, id, clock, missedMs, signal))) return;
    const runner = await heardBy?.(id);
    if (runner) throw new HandOver(runner);
  }

  async function ask<Client, T>(
    clientOf: (peer: Peer) => Client,
    unreachable: ErrorCode,
    id: ComponentId,
    question: (client: Client, peer: Peer) => Promise<T>,
    { signal, patienceMs = 0 }: AskOptions = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const peer = await onlinePeer(member, id, clock, patienceMs, signal);
      if (!peer) throw away(unreachable, member.peer(id)?.name ?? id);
      try {
        return await question(clientOf(peer), peer);
      } catch (error) {
        if (!linkLost(error) || patienceMs === 0 || attempt === maxTries)
          throw linkLost(error) ? away(unreachable, peer.name, error) : error;
      }
    }
  }

  return {
    async askNode(id, question, askOptions = {}) {
      await handOverUnlessHeard(id, askOptions);
      return ask(nodeClientOf, 'node-unreachable', id, question, askOptions);
    },
    askStorage: (id, question, askOptions) => ask(storageClientOf, 'storage-unreachable', id, question, askOptions),
  };
}

const storageClientOf = (peer: Peer) => peer.as(storageServerLink);

/** `unavailable`: the connection was not there or broke; the peer itself has not refused anything. */
function linkLost(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'unavailable';
}

function away(code: ErrorCode, name: string, cause?: unknown): PlatformError {
  const type = nounOf(code === 'node-unreachable' ? 'node' : 'storage-server');
  return new PlatformError(code, say('node.away', { type, name }), { cause });
}

async function onlinePeer(
  member: Pick<Member, 'peer' | 'onPeer'>,
  id: ComponentId,
  clock: Clock,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<Peer | undefined> {
  const online = () => {
    const peer = member.peer(id);
    return peer?.state === 'online' && peer.isConnected ? peer : undefined;
  };
  signal?.throwIfAborted();
  const now = online();
  if (now || patienceMs === 0) return now;
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  using _listening = member.onPeer(({ peer }) => {
    if (peer.id === id && online()) resolve();
  });
  const waiting = new AbortController();
  const giveUp = signal ? AbortSignal.any([signal, waiting.signal]) : waiting.signal;
  try {
    await Promise.race([arrived, clock.sleep(patienceMs, giveUp)]);
  } finally {
    waiting.abort();
  }
  return online();
}
