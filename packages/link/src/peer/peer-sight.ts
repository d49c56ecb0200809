/**
 * What we see of one peer with our own eyes: the connections that stand and when it was last heard on any of them. From that
 * comes its state, which outlasts a break that is shorter than it takes to become suspect. Where the Data Servers watch it for us
 * we may rest: its silence counts from when there is a doubt, which is theirs, or ours about them or about a link that is
 * silent for long.
 */
import type { Clock } from '@zhiyun/kernel';
import { answerMs, doubtedMs, doubtMs } from '../limits.ts';
import type { Presence, SessionEnd } from '../rpc/session.ts';
import type { PeerState } from '../types.ts';
import { peerStateOf } from './peer-state.ts';

export interface PeerSightOptions {
  /** What the Data Server says, before we have seen anything. */
  saidGoodbye: boolean;
  clock: Clock;
  /** Every change of the state, and each time the peer is back after a break that has not changed it. */
  onState: (state: PeerState, why: string) => void;
}

/** What the Data Servers say of it: whether we may rely on them to notice its silence, and whether it is gone. */
interface Told {
  mayRest: boolean;
  toldGone: boolean;
}
const nothingTold: Told = { mayRest: false, toldGone: false };

export class PeerSight {
  readonly #options: PeerSightOptions;
  /** Our session to it, or its sessions to us (it may have opened several at once). */
  #presences: readonly Presence[] = [];
  #saidGoodbye: boolean;
  #wasHeard = false;
  /** Monotonic: the last sign of life of connections that have ended; before the first, when we heard of the peer. */
  #heardAt: number;
  /** Monotonic: while in doubt, its silence does not begin earlier. Undefined: we rest. */
  #silentFrom: number | undefined = Number.NEGATIVE_INFINITY;
  /** Monotonic: it was asked then. */
  #doubtedAt = Number.NEGATIVE_INFINITY;
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
    return this.#presences.length > 0;
  }

  appeared(presence: Presence): void {
    const wasOnline = this.#state === 'online';
    const isBack = !this.isConnected;
    this.#presences = [...this.#presences, presence];
    this.#saidGoodbye = false;
    this.#wasHeard = true;
    this.watch();
    if (wasOnline && isBack) this.#options.onState(this.#state, 'connected again');
  }

  /** Of thousands that are to be reached after our start it is not the turn yet: that is no silence of theirs. `now`: monotonic. */
  notTriedYet(now: number): void {
    if (!this.#wasHeard) this.#heardAt = now;
  }

  vanished(presence: Presence, end: SessionEnd): void {
    this.#presences = this.#presences.filter((other) => other !== presence);
    const now = this.#options.clock.monotonicMs();
    this.#heardAt = Math.max(this.#heardAt, now - presence.silentMs(now));
    if (!this.isConnected) this.#saidGoodbye = end === 'goodbye';
  }

  /** Since it was last heard on any connection. `now`: monotonic. */
  silentMs(now: number): number {
    if (!this.isConnected) return now - this.#heardAt;
    let silentMs = Number.POSITIVE_INFINITY;
    for (const presence of this.#presences) silentMs = Math.min(silentMs, presence.silentMs(now));
    return silentMs;
  }

  /** We rely on the Data Servers to notice its silence. */
  get isResting(): boolean {
    return this.#silentFrom === undefined;
  }

  /** Asked when it was doubted, it has not answered in time. */
  get isUnanswered(): boolean {
    const now = this.#options.clock.monotonicMs();
    const doubtedMsAgo = now - this.#doubtedAt;
    return !this.isResting && doubtedMsAgo >= answerMs && this.silentMs(now) > doubtedMsAgo;
  }

  /**
   * Looks at the silence: announces a change of state, gives up connections that are silent for too long. Answers whether it
   * has just been doubted, and should be asked.
   */
  watch({ mayRest, toldGone }: Told = nothingTold, now = this.#options.clock.monotonicMs()): boolean {
    // Until it connects again, whoever is asked meanwhile.
    if (this.#state === 'gone' && !this.isConnected) return false;
    const unheardMs = this.silentMs(now);
    const wasResting = this.isResting;
    const rests = mayRest && this.isConnected && unheardMs < doubtMs;
    // Of thousands nearly all: nothing changes.
    if (rests && wasResting) return false;
    // Once in doubt only its own answer ends it: the Data Servers may speak of a new connection, and ours may be dead.
    if (rests && unheardMs < now - this.#doubtedAt) this.#silentFrom = undefined;
    else if (wasResting) {
      this.#doubtedAt = now;
      this.#silentFrom = now - (this.isConnected ? doubtedMs.connected : doubtedMs.broken);
    }
    const silentMs = this.#silentFrom === undefined ? 0 : Math.min(unheardMs, now - this.#silentFrom);
    // Theirs and our own eyes agree.
    const isLost = toldGone && this.#wasHeard && this.isUnanswered;
    const saidGoodbye = this.#saidGoodbye || isLost;
    const state = peerStateOf({ heard: this.#wasHeard, saidGoodbye, silentMs });
    if (state === 'gone') {
      for (const presence of this.#presences) presence.close();
      this.#presences = [];
    }
    if (state !== this.#state) this.become(state, this.#why(state, unheardMs));
    return wasResting && !this.isResting;
  }

  /** `why`: for the log. */
  become(state: PeerState, why: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#options.clock.now();
    this.#options.onState(state, why);
  }

  ask(): void {
    for (const presence of this.#presences) presence.heartbeat();
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
}
