/**
 * One associated component, kept connected for as long as it is known: dial, back off, dial again; a new address is taken up
 * at the next dial. What we say of it (`state`) comes from our own eyes: the session and its heartbeat.
 */
import type { ComponentId } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType, LinkAddress, LinkTable } from '@zhiyun/contracts/links';
import { backoffMs, type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { createLinkClient } from './client.ts';
import { redial, redialGone } from './limits.ts';
import { peerStateOf } from './peer-state.ts';
import { type Dial, describePeer, type Session } from './session.ts';
import type { LinkClient, Peer, PeerState, PlainRequest, PlainResponse } from './types.ts';

export interface PeerOptions {
  record: ComponentRecord;
  dial: Dial;
  clock: Clock;
  log: Logger;
  onState: (peer: Peer, state: PeerState) => void;
}

export class LinkPeer implements Peer {
  readonly id: ComponentId;
  readonly type: ComponentType;
  readonly #options: PeerOptions;
  readonly #clients = new Map<LinkTable, LinkClient<LinkTable>>();
  readonly #closing = new AbortController();
  #record: ComponentRecord;
  #session: Session | undefined;
  #saidGoodbye = false;
  /** Monotonic: the last sign of life of sessions that have ended. */
  #heardAt: number;
  #state: PeerState = 'connecting';
  /** Ends the present wait between two dials. */
  #hurry = new AbortController();

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#record = options.record;
    this.id = options.record.id;
    this.type = options.record.type;
    this.#heardAt = options.clock.monotonicMs();
    this.#saidGoodbye = options.record.state === 'gone';
  }

  /** `session`: one that is open already. */
  start(session?: Session): void {
    void this.#keepConnected(session);
  }

  get name(): string {
    return this.#record.name;
  }
  get address(): LinkAddress {
    const { hosts, port } = this.#record.endpoint;
    return { host: hosts[0] ?? '127.0.0.1', port };
  }
  get state(): PeerState {
    return this.#state;
  }

  as<T extends LinkTable>(table: T): LinkClient<T> {
    const known = this.#clients.get(table);
    if (known) return known as LinkClient<T>;
    const client = createLinkClient(table, () => this.#connected());
    this.#clients.set(table, client as LinkClient<LinkTable>);
    return client;
  }

  async request(request: PlainRequest): Promise<PlainResponse> {
    return await this.#connected().request(request);
  }

  /** What the Data Server says of it now. */
  learn(record: ComponentRecord): void {
    const moved = JSON.stringify(record.endpoint) !== JSON.stringify(this.#record.endpoint);
    const isBack = record.state === 'online' && this.#record.state !== 'online';
    this.#record = record;
    if ((moved || isBack) && !this.#session) this.#hurry.abort();
  }

  heartbeat(): void {
    this.#session?.heartbeat();
  }

  /** Looks at the silence: announces a change of state, gives up a connection that is silent for too long. */
  watch(): void {
    const connected = this.#session !== undefined;
    const silentMs = this.#session?.silentMs() ?? this.#options.clock.monotonicMs() - this.#heardAt;
    const state = peerStateOf({ connected, saidGoodbye: this.#saidGoodbye, silentMs });
    if (state === 'gone' && connected) this.#session?.close();
    this.#become(state);
  }

  close(): void {
    this.#closing.abort();
    this.#hurry.abort();
    this.#session?.close();
  }

  /** Not known any more: closed, and said to be gone. */
  forget(): void {
    this.close();
    this.#become('gone');
  }

  #connected(): Session {
    if (this.#session) return this.#session;
    throw new PlatformError('unavailable', `${describePeer(this)} is not connected (${this.#state}).`);
  }

  async #keepConnected(first: Session | undefined): Promise<void> {
    const { clock } = this.#options;
    let attempt = 0;
    for (let session = first; !this.#closing.signal.aborted; session = undefined) {
      session ??= await this.#dial(attempt === 0);
      if (session) {
        const lastedMs = await this.#live(session);
        // One that breaks at once is as good as none: otherwise two that cannot agree would redial without pause.
        attempt = lastedMs > redial.maxMs ? 0 : attempt + 1;
      } else attempt++;
      const backoff = this.#record.state === 'gone' ? redialGone : redial;
      this.#hurry = new AbortController();
      if (this.#closing.signal.aborted) return;
      await clock.sleep(backoffMs(backoff, Math.max(0, attempt - 1)), this.#hurry.signal).catch(() => {});
    }
  }

  async #dial(tell: boolean): Promise<Session | undefined> {
    const { dial, log } = this.#options;
    try {
      return await dial(this.#record, this.#closing.signal);
    } catch (error) {
      if (tell && !this.#closing.signal.aborted) {
        log.warn({ error, peer: this.id, address: this.address }, `cannot reach ${describePeer(this)}; trying on`);
      }
      return undefined;
    }
  }

  /** Resolves when the session has ended, with the milliseconds it lasted. */
  async #live(session: Session): Promise<number> {
    const { clock, log } = this.#options;
    const since = clock.monotonicMs();
    if (this.#closing.signal.aborted) session.close();
    this.#session = session;
    this.#saidGoodbye = false;
    this.watch();
    const end = await session.ended;
    const now = clock.monotonicMs();
    this.#session = undefined;
    this.#heardAt = now - session.silentMs();
    this.#saidGoodbye = end === 'goodbye';
    if (!this.#closing.signal.aborted) {
      log.info({ peer: this.id, address: this.address, end }, `link to ${describePeer(this)} ended`);
      this.watch();
    }
    return now - since;
  }

  #become(state: PeerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(this, state);
  }
}
