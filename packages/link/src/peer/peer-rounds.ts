/**
 * Schedules heartbeats and liveness checks of peers: active ones every round, resting ones in turns, so that with
 * thousands a round touches only those due.
 */
import { heartbeatMs, restingHeartbeatMs, watchMs } from '../limits.ts';
import type { LinkPeer } from './peer.ts';

type Watched = Pick<LinkPeer, 'isResting' | 'heartbeat' | 'watch'>;

const roundsPerHeartbeat = heartbeatMs / watchMs;
const roundsPerRestingHeartbeat = restingHeartbeatMs / watchMs;

export class PeerRounds {
  /**
   * A peer's slot, fixed while it is known: heartbeats are spread evenly over the rounds (jitter without randomness).
   */
  readonly #turns = new Map<Watched, number>();
  /** Active peers with their slots. A peer is either here or in `#resting`. */
  readonly #awake = new Map<Watched, number>();
  /** Resting peers by slot. */
  readonly #resting = Array.from({ length: roundsPerRestingHeartbeat }, () => new Set<Watched>());
  #added = 0;
  #looks = 0;

  add(peer: Watched): void {
    const turn = this.#added++ % roundsPerRestingHeartbeat;
    this.#turns.set(peer, turn);
    this.#awake.set(peer, turn);
  }

  remove(peer: Watched): void {
    this.wake(peer);
    this.#awake.delete(peer);
    this.#turns.delete(peer);
  }

  /** Moves a peer to the active ones: checked every round from now on. */
  wake(peer: Watched): void {
    const turn = this.#turns.get(peer);
    if (turn !== undefined && this.#resting[turn]?.delete(peer)) this.#awake.set(peer, turn);
  }

  /** One round. `hasReports`: the Data Servers' reports are fresh; otherwise no peer rests. `now`: monotonic. */
  look(hasReports: boolean, now: number): void {
    const turn = this.#looks++ % roundsPerRestingHeartbeat;
    const isTurn = (theirs: number) => (theirs - turn) % roundsPerHeartbeat === 0;
    const rested: [Watched, number][] = [];
    for (const [peer, theirs] of this.#awake) {
      if (isTurn(theirs)) peer.heartbeat();
      peer.watch(hasReports, now);
      if (peer.isResting) rested.push([peer, theirs]);
    }
    for (const [theirs, peers] of this.#resting.entries()) {
      // Of one that rests only a long silence can be seen.
      if (hasReports && !isTurn(theirs)) continue;
      for (const peer of peers) {
        if (hasReports && theirs === turn) peer.heartbeat();
        peer.watch(hasReports, now);
      }
    }
    // Only now, so that none is looked at twice.
    for (const [peer, theirs] of rested) {
      if (peer.isResting && this.#awake.delete(peer)) this.#resting[theirs]?.add(peer);
    }
  }
}
