/**
 * Load balancing over the Control Servers, which share one database: round-robin with failover. Without any, requests
 * wait for one, so that a restart or a move of the database costs a delay instead of an error.
 */
import { say } from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { Member, Peer } from '@zhiyun/link';

export interface LiveControl {
  /** Throws `control-unreachable` when none comes within `patienceMs`, `unavailable` when nobody can say whether it was done. */
  ask<T>(ask: (control: Peer) => Promise<T>, options: AskControlOptions): Promise<T>;
}

export interface AskControlOptions {
  /** Idempotent: may be retried even if the first Control Server received it. */
  repeatable: boolean;
  signal?: AbortSignal;
}

const maxTries = 5;
const againMs = 100;

/** `patienceMs`: how long a request waits for a Control Server. */
export function createLiveControl({
  member,
  clock,
  patienceMs,
}: {
  member: Member;
  clock: Clock;
  patienceMs: number;
}): LiveControl {
  let turn = 0;

  return {
    async ask<T>(question: (control: Peer) => Promise<T>, { repeatable, signal }: AskControlOptions): Promise<T> {
      const deadlineMs = clock.monotonicMs() + patienceMs;
      const asked = new Set<Peer>();
      let cause: unknown;
      for (let tries = 0; tries < maxTries; tries++) {
        const control =
          nextOf(member.onlinePeers('control-server'), asked, turn++) ?? (await arrival(asked, deadlineMs, signal));
        if (!control) break;
        asked.add(control);
        try {
          return await question(control);
        } catch (error) {
          if (signal?.aborted || !mayDoBetterElsewhere(error)) throw error;
          if (!repeatable) throw nobodyKnows(error);
          cause = error;
        }
      }
      throw cause instanceof PlatformError && cause.code === 'database-unavailable' ? cause : unreachable(cause);
    },
  };

  /**
   * Waits for a Control Server that comes online, or still is a moment later: all were tried once, and each may be
   * tried again.
   */
  async function arrival(
    asked: Set<Peer>,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Peer | undefined> {
    const leftMs = deadlineMs - clock.monotonicMs();
    if (leftMs <= 0) return undefined;
    asked.clear();
    const [live] = member.onlinePeers('control-server');
    if (live) return clock.sleep(againMs, signal).then(() => live);
    const { promise: arrived, resolve } = Promise.withResolvers<Peer>();
    using _listening = member.onPeer(({ peer, state }) => {
      if (peer.type === 'control-server' && state === 'online') resolve(peer);
    });
    const over = new AbortController();
    const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    try {
      return await Promise.race([arrived, clock.sleep(leftMs, either).then(() => undefined)]);
    } finally {
      over.abort();
    }
  }
}

function nextOf(live: readonly Peer[], asked: ReadonlySet<Peer>, turn: number): Peer | undefined {
  for (let index = 0; index < live.length; index++) {
    const peer = live[(index + turn) % live.length];
    if (peer && !asked.has(peer)) return peer;
  }
  return undefined;
}

/**
 * Whether another Control Server may succeed: the link failed, or the peer is temporarily unable; a refusal of the
 * request is final.
 */
function mayDoBetterElsewhere(error: unknown): boolean {
  return !(error instanceof PlatformError) || error.code === 'unavailable' || error.code === 'database-unavailable';
}

function nobodyKnows(cause: unknown): PlatformError {
  return new PlatformError('unavailable', say('gateway.control-unsure'), { cause });
}

function unreachable(cause: unknown): PlatformError {
  return new PlatformError('control-unreachable', say('gateway.no-control'), { cause });
}
