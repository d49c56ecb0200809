/**
 * Which of our peers are looked at when. Those that are awake each time; those that rest take turns, so that of thousands a
 * look touches only the ones that it watches.
 */
import { heartbeatMs, restingBeatMs, watchMs } from '../limits.ts';
import type { LinkPeer } from './peer.ts';

type Watched = Pick<LinkPeer, 'isResting' | 'heartbeat' | 'watch'>;

const looksPerBeat = heartbeatMs / watchMs;
const looksPerRestingBeat = restingBeatMs / watchMs;

export class PeerRounds {
  /** Kept for as long as a peer is known: heartbeats are spread over all the looks from one to the next. */
  readonly #turns = new Map<Watched, number>();
  /** With their turns. Every peer is either here or among those that rest. */
  readonly #awake = new Map<Watched, number>();
  /** By their turns. */
  readonly #resting = Array.from({ length: looksPerRestingBeat }, () => new Set<Watched>());
  #added = 0;
  #looks = 0;

  add(peer: Watched): void {
    const turn = this.#added++ % looksPerRestingBeat;
    this.#turns.set(peer, turn);
    this.#awake.set(peer, turn);
  }

  remove(peer: Watched): void {
    this.wake(peer);
    this.#awake.delete(peer);
    this.#turns.delete(peer);
  }

  /** It does not rest any more: looked at each time from here on. */
  wake(peer: Watched): void {
    const turn = this.#turns.get(peer);
    if (turn !== undefined && this.#resting[turn]?.delete(peer)) this.#awake.set(peer, turn);
  }

  /** `isTold`: the Data Servers' word is fresh; without it nobody rests. `now`: monotonic. */
  look(isTold: boolean, now: number): void {
    const turn = this.#looks++ % looksPerRestingBeat;
    const isTurn = (theirs: number) => (theirs - turn) % looksPerBeat === 0;
    const rested: [Watched, number][] = [];
    for (const [peer, theirs] of this.#awake) {
      if (isTurn(theirs)) peer.heartbeat();
      peer.watch(isTold, now);
      if (peer.isResting) rested.push([peer, theirs]);
    }
    for (const [theirs, peers] of this.#resting.entries()) {
      // Of one that rests only a long silence can be seen.
      if (isTold && !isTurn(theirs)) continue;
      for (const peer of peers) {
        if (isTold && theirs === turn) peer.heartbeat();
        peer.watch(isTold, now);
      }
    }
    // Only now, so that none is looked at twice.
    for (const [peer, theirs] of rested) {
      if (peer.isResting && this.#awake.delete(peer)) this.#resting[theirs]?.add(peer);
    }
  }
}
