/**
 * What we see of one peer with our own eyes: the connections that stand and when it was last heard on any of them. From that
 * comes its state, which outlasts a break that is shorter than it takes to become suspect.
 */
import type { Clock } from '@zhiyun/kernel';
import { peerStateOf } from './peer-state.ts';
import type { Presence, SessionEnd } from './session.ts';
import type { PeerState } from './types.ts';

export interface PeerSightOptions {
  /** What the Data Server says, before we have seen anything. */
  saidGoodbye: boolean;
  clock: Clock;
  /** Every change of the state, and each time the peer is back after a break that has not changed it. */
  onState: (state: PeerState, why: string) => void;
}

export class PeerSight {
  readonly #options: PeerSightOptions;
  /** Our session to it, or its sessions to us (it may have opened several at once). */
  readonly #presences = new Set<Presence>();
  #saidGoodbye: boolean;
  #wasHeard = false;
  /** Monotonic: the last sign of life of connections that have ended; before the first, when we heard of the peer. */
  #heardAt: number;
  #state: PeerState = 'connecting';
  #since: number;

  constructor(options: PeerSightOptions) {
    this.#options = options;
    this.#saidGoodbye = options.saidGoodbye;
    this.#heardAt = options.clock.monotonicMs();
    this.#since = options.clock.now();
  }

  get state(): PeerState {
    return this.#state;
  }
  /** Epoch ms. */
  get since(): number {
    return this.#since;
  }
  get isConnected(): boolean {
    return this.#presences.size > 0;
  }

  appeared(presence: Presence): void {
    const wasOnline = this.#state === 'online';
    const isBack = !this.isConnected;
    this.#presences.add(presence);
    this.#saidGoodbye = false;
    this.#wasHeard = true;
    this.watch();
    if (wasOnline && isBack) this.#options.onState(this.#state, 'connected again');
  }

  vanished(presence: Presence, end: SessionEnd): void {
    this.#presences.delete(presence);
    this.#heardAt = Math.max(this.#heardAt, this.#options.clock.monotonicMs() - presence.silentMs());
    if (!this.isConnected) this.#saidGoodbye = end === 'goodbye';
  }

  /** Looks at the silence: announces a change of state, gives up connections that are silent for too long. */
  watch(): void {
    const silentMs = this.#silentMs();
    const state = peerStateOf({ heard: this.#wasHeard, saidGoodbye: this.#saidGoodbye, silentMs });
    if (state === 'gone') for (const presence of this.#presences) presence.close();
    this.become(state, () => this.#why(state, silentMs));
  }

  /** `why`: for the log. */
  become(state: PeerState, why: () => string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#options.clock.now();
    this.#options.onState(state, why());
  }

  close(end: SessionEnd): void {
    for (const presence of this.#presences) presence.close(end);
  }

  #why(state: PeerState, silentMs: number): string {
    if (this.#saidGoodbye) return 'it said goodbye';
    if (state === 'online') return 'connected';
    const silence = `silent for ${(silentMs / 1000).toFixed(1)} s`;
    return this.isConnected ? `connected but ${silence}` : `not connected, ${silence}`;
  }

  #silentMs(): number {
    let silentMs = Number.POSITIVE_INFINITY;
    for (const presence of this.#presences) silentMs = Math.min(silentMs, presence.silentMs());
    return this.isConnected ? silentMs : this.#options.clock.monotonicMs() - this.#heardAt;
  }
}
