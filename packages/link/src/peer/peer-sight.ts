/**
 * Failure detector for one peer, from its connections and their heartbeats; it tolerates a break shorter than
 * `suspectMs`. While the Data Servers watch the peer its link rests: silence then counts from the first doubt (theirs,
 * ours about the Data Servers, or a link silent for `doubtMs`).
 */
import type { Clock } from '@zhiyun/kernel';
import { answerMs, doubtedMs, doubtMs } from '../limits.ts';
import type { Presence, SessionEnd } from '../rpc/session.ts';
import type { PeerState } from '../types.ts';
import { peerStateOf } from './peer-state.ts';

export interface PeerSightOptions {
  /** Initial report of the Data Server, before anything was observed. */
  saidGoodbye: boolean;
  clock: Clock;
  /** Every change of state, and each reconnect that did not change it. */
  onState: (state: PeerState, why: string) => void;
}

/** Reports of the Data Servers about the peer: whether they watch it for us, and whether it is gone. */
interface Report {
  mayRest: boolean;
  reportedGone: boolean;
}
const noReport: Report = { mayRest: false, reportedGone: false };

export class PeerSight {
  readonly #options: PeerSightOptions;
  /** Our session to it, or its sessions to us (it may open several at once). */
  #presences: readonly Presence[] = [];
  #saidGoodbye: boolean;
  #wasHeard = false;
  /** Monotonic: last sign of life on ended connections; before the first, when the peer became known. */
  #heardAt: number;
  /** Monotonic: while in doubt, silence counts from here at the earliest. `undefined`: resting. */
  #silentFrom: number | undefined = Number.NEGATIVE_INFINITY;
  /** Monotonic: when it was last probed because of a doubt. */
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

  /**
   * Its dial is still queued, as happens to thousands after our start: that is not the peer's silence. `now`:
   * monotonic.
   */
  notTriedYet(now: number): void {
    if (!this.#wasHeard) this.#heardAt = now;
  }

  vanished(presence: Presence, end: SessionEnd): void {
    this.#presences = this.#presences.filter((other) => other !== presence);
    const now = this.#options.clock.monotonicMs();
    this.#heardAt = Math.max(this.#heardAt, now - presence.silentMs(now));
    if (!this.isConnected) this.#saidGoodbye = end === 'goodbye';
  }

  /** Time since it was last heard on any connection. `now`: monotonic. */
  silentMs(now: number): number {
    if (!this.isConnected) return now - this.#heardAt;
    let silentMs = Number.POSITIVE_INFINITY;
    for (const presence of this.#presences) silentMs = Math.min(silentMs, presence.silentMs(now));
    return silentMs;
  }

  /** The Data Servers watch its silence for us. */
  get isResting(): boolean {
    return this.#silentFrom === undefined;
  }

  /** It was probed and has not answered in time. */
  get isUnanswered(): boolean {
    const now = this.#options.clock.monotonicMs();
    const doubtedMsAgo = now - this.#doubtedAt;
    return !this.isResting && doubtedMsAgo >= answerMs && this.silentMs(now) > doubtedMsAgo;
  }

  /**
   * Evaluates silence: announces a change of state and closes connections that are silent for too long. Returns whether
   * doubt has just begun and the peer should be probed.
   */
  watch({ mayRest, reportedGone }: Report = noReport, now = this.#options.clock.monotonicMs()): boolean {
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
    const isLost = reportedGone && this.#wasHeard && this.isUnanswered;
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
