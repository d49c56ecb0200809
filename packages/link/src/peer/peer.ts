/**
 * One associated component. If it serves something we call, it is kept connected: dial, back off, dial again; otherwise
 * it connects to us. Its `state` comes from our own failure detector (`PeerSight`).
 */
import { type ComponentId, say } from '@zhiyun/contracts';
import {
  type ComponentRecord,
  type ComponentType,
  type LinkAddress,
  type LinkEndpoint,
  type LinkTable,
  linkProtocol,
} from '@zhiyun/contracts/links';
import { backoffMs, type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { isPlaceOf, unknownMachine } from '../dial/dial-endpoint.ts';
import { answerMs, redial, redialGone } from '../limits.ts';
import { createLinkClient } from '../rpc/client.ts';
import { requestInProcess, servedInProcess } from '../rpc/same-process.ts';
import {
  type ComponentIdentity,
  type Dial,
  describePeer,
  type Presence,
  type Session,
  type SessionEnd,
} from '../rpc/session.ts';
import type { LinkClient, Peer, PeerState, PlainRequest, PlainResponse } from '../types.ts';
import { PeerSight } from './peer-sight.ts';

export interface PeerOptions {
  record: ComponentRecord;
  /** `undefined` for peers that we never call. */
  dial: Dial | undefined;
  /** Our identity, for peers that are roles of this process. */
  self?: ComponentIdentity;
  /** The link may rest while the Data Servers report the peer as online. */
  mayRest: boolean;
  clock: Clock;
  log: Logger;
  /** Every change of state, and each reconnect. */
  onState: (peer: Peer, state: PeerState, why: string) => void;
  /** Called when it stops resting. */
  onUnrest?: (peer: LinkPeer) => void;
}

export class LinkPeer implements Peer {
  readonly id: ComponentId;
  readonly type: ComponentType;
  readonly #options: PeerOptions;
  readonly #clients = new Map<LinkTable, LinkClient<LinkTable>>();
  readonly #closing = new AbortController();
  readonly #sight: PeerSight;
  #record: ComponentRecord;
  #session: Session | undefined;
  /** Resolves when our session ends. */
  #living: Promise<number> | undefined;
  #lastAddress: LinkAddress | undefined;
  /** Aborts the present dial, or the back-off before the next. */
  #step = new AbortController();
  #hurried = false;
  #awaitsTurn = false;
  /** Error of the last dial. */
  #failure: string | undefined;

  constructor(options: PeerOptions) {
    const { record, clock, onState } = options;
    this.#options = options;
    this.#record = record;
    this.id = record.id;
    this.type = record.type;
    this.#sight = new PeerSight({
      saidGoodbye: record.state === 'gone',
      clock,
      onState: (state, why) => onState(this, state, this.#failure ? `${why}; dialled in vain: ${this.#failure}` : why),
    });
  }

  start(): void {
    const { dial } = this.#options;
    if (dial) void this.#keepConnected(dial);
  }

  get name(): string {
    return this.#record.name;
  }
  get endpoint(): LinkEndpoint {
    return this.#record.endpoint;
  }
  get address(): LinkAddress {
    const { hosts, port } = this.#record.endpoint;
    return this.#session?.address ?? { host: hosts[0] ?? '127.0.0.1', port };
  }
  get protocol(): number {
    return this.#session?.protocol ?? linkProtocol.oldest;
  }
  get state(): PeerState {
    return this.#sight.state;
  }
  get isConnected(): boolean {
    return this.#sight.isConnected;
  }
  /** Epoch ms. */
  get since(): number {
    return this.#sight.since;
  }

  as<T extends LinkTable>(table: T): LinkClient<T> {
    const known = this.#clients.get(table);
    if (known) return known as LinkClient<T>;
    const client = createLinkClient(table, () => this.#connected());
    this.#clients.set(table, client as LinkClient<LinkTable>);
    return client;
  }

  async request(request: PlainRequest): Promise<PlainResponse> {
    const session = this.#connected();
    const { self } = this.#options;
    const here = request.isBulk && self ? servedInProcess(this.id) : undefined;
    return await (here && self ? requestInProcess(here, self, request) : session.request(request));
  }

  /** Applies a new record from the Data Server. */
  learn(record: ComponentRecord): void {
    const before = this.#record;
    this.#record = record;
    const hasMoved = JSON.stringify(record.endpoint) !== JSON.stringify(before.endpoint);
    const isBack = record.state === 'online' && before.state !== 'online';
    const at = this.#session?.address;
    // It is not there any more, and its silence would take 5 s to tell.
    const wasTold = before.endpoint.machine !== unknownMachine;
    if (at && wasTold && isPlaceOf(before.endpoint, at) && !isPlaceOf(record.endpoint, at)) this.#session?.close();
    // It has connected anew to them: what it does not answer on is from before.
    if (isBack && this.#sight.isUnanswered) this.#session?.close();
    if (hasMoved || isBack) this.hurry();
    this.#noteUnrest();
  }

  /** Offers an already open session; it replaces one on which the peer does not answer any more. */
  async offer(session: Session): Promise<void> {
    const present = this.#session;
    const isNeeded = !present || !(await this.#answers(present));
    const isFirst = this.#session === undefined || this.#session === present;
    if (!(isNeeded && isFirst && this.#options.dial) || this.#closing.signal.aborted) return session.close();
    this.#living = this.#live(session, session);
    present?.close();
    this.#step.abort();
  }

  /** Accepts an inbound connection. */
  welcome(visit: Presence): void {
    if (!this.#options.dial) void this.#live(visit);
  }

  /** Skips the back-off and dials now. */
  hurry(): void {
    if (this.#session) return;
    this.#hurried = true;
    this.#step.abort();
  }

  /** `own`: the machine's present addresses. A connection from any other one is dead. */
  addressesChanged(own: ReadonlySet<string>): void {
    const from = this.#session?.localHost;
    if (from && !own.has(from)) this.#session?.close();
    this.hurry();
  }

  /**
   * Sends a heartbeat on our own session. An inbound connection brings the peer's heartbeats, unless it rests while we
   * doubt: then we probe it.
   */
  heartbeat(): void {
    const { dial, mayRest } = this.#options;
    if (dial) this.#session?.heartbeat();
    else if (mayRest && !this.isResting) this.#sight.ask();
  }

  /** Heartbeats and checks are rare now (`restingHeartbeatMs`, `heartbeatMs`). */
  get isResting(): boolean {
    return this.#sight.isResting && this.#record.state === 'online';
  }

  /** `now`: monotonic. */
  silentMs(now: number): number {
    return this.#sight.silentMs(now);
  }

  /** Liveness check. `hasReports`: the Data Servers' reports are fresh. `now`: monotonic. */
  watch(hasReports = false, now = this.#options.clock.monotonicMs()): void {
    const { state } = this.#record;
    if (this.#awaitsTurn) this.#sight.notTriedYet(now);
    const mayRest = hasReports && this.#options.mayRest && state === 'online';
    const isDoubted = this.#sight.watch({ mayRest, reportedGone: hasReports && state === 'gone' }, now);
    if (!isDoubted) return;
    this.#noteUnrest();
    this.heartbeat();
  }

  /** Graceful stop. */
  close(end: SessionEnd = 'goodbye'): void {
    this.#closing.abort();
    this.#step.abort();
    this.#sight.close(end);
  }

  /** Closes a peer that left the domain, and reports it as gone. */
  forget(): void {
    this.close('lost');
    this.#sight.become('gone', 'not known to the domain any more');
  }

  #noteUnrest(): void {
    if (!this.isResting) this.#options.onUnrest?.(this);
  }

  #connected(): Session {
    if (this.#session) return this.#session;
    const why = this.#options.dial ? this.state : 'nothing here may call it';
    throw new PlatformError('unavailable', say('link.not-connected', { peer: describePeer(this), state: why }));
  }

  async #keepConnected(dial: Dial): Promise<void> {
    const { clock } = this.#options;
    for (let attempt = 0; !this.#closing.signal.aborted; ) {
      const lastedMs = await this.#nextLife(dial, attempt === 0);
      // One that breaks at once is as good as none: otherwise two that cannot agree would redial without pause.
      attempt = lastedMs > redial.maxMs ? 0 : attempt + 1;
      if (this.#hurried || this.#session) attempt = 0;
      else {
        const backoff = this.#record.state === 'gone' ? redialGone : redial;
        await clock.sleep(backoffMs(backoff, Math.max(0, attempt - 1)), this.#nextStep()).catch(() => {});
      }
      this.#hurried = false;
    }
  }

  /** Resolves with the duration (ms) of the next session once it has ended. `tell`: log why there is none. */
  async #nextLife(dial: Dial, tell: boolean): Promise<number> {
    const session = this.#session ? undefined : await this.#dial(dial, this.#nextStep(), tell);
    if (session && !this.#session) this.#living = this.#live(session, session);
    else session?.close();
    return (await this.#living) ?? 0;
  }

  async #answers(session: Session): Promise<boolean> {
    const { clock } = this.#options;
    session.heartbeat();
    await clock.sleep(answerMs);
    return session.silentMs(clock.monotonicMs()) < answerMs;
  }

  async #dial(dial: Dial, signal: AbortSignal, tell: boolean): Promise<Session | undefined> {
    try {
      return await dial(this.#record, this.#lastAddress, signal, (isSo) => {
        this.#awaitsTurn = isSo;
      });
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#failure = error instanceof Error ? error.message : String(error);
      if (tell) {
        const { id, endpoint } = this;
        this.#options.log.warn({ error, peer: id, endpoint }, `cannot reach ${describePeer(this)}; trying on`);
      }
      return undefined;
    }
  }

  #nextStep(): AbortSignal {
    this.#step = new AbortController();
    if (this.#closing.signal.aborted) this.#step.abort();
    return this.#step.signal;
  }

  /** Resolves with the duration (ms) of the connection once it has ended. */
  async #live(presence: Presence, session?: Session): Promise<number> {
    const { clock, log } = this.#options;
    const since = clock.monotonicMs();
    if (this.#closing.signal.aborted) presence.close();
    if (session) {
      this.#session = session;
      this.#lastAddress = session.address;
      this.#failure = undefined;
    }
    this.#sight.appeared(presence);
    this.#noteUnrest();
    const end = await presence.ended;
    this.#sight.vanished(presence, end);
    if (session && session === this.#session) {
      this.#session = undefined;
      this.#living = undefined;
    }
    if (!this.#closing.signal.aborted && !this.isConnected) {
      log.info({ peer: this.id, end }, `link to ${describePeer(this)} ended`);
      this.watch();
    }
    return clock.monotonicMs() - since;
  }
}
