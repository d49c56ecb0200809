/**
 * A member of a domain, independent of the transport. Owns its served methods and its peers; `joinDomain` and
 * `createMemoryDomain` supply how to dial, enter and leave.
 */
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import {
  type Associates,
  type ComponentRecord,
  type ComponentType,
  type LinkTable,
  mayMeet,
} from '@zhiyun/contracts/links';
import { type Clock, Disposables, Emitter, type Logger, PlatformError } from '@zhiyun/kernel';
import { trustReportsMs, watchMs } from '../limits.ts';
import { dials, mayRest } from '../rpc/may-call.ts';
import { Served } from '../rpc/served.ts';
import { type ComponentIdentity, type Dial, describePeer, type Presence, type Session } from '../rpc/session.ts';
import type { LinkHandlers, Meeting, Member, Met, Peer, PeerChange, PlainHandler } from '../types.ts';
import { meetOnce } from './meet.ts';
import { LinkPeer } from './peer.ts';
import { PeerRounds } from './peer-rounds.ts';

export interface LinkMemberOptions extends ComponentIdentity {
  name: string;
  domain: { id: DomainId; name: string };
  caCertificate: string;
  dial: Dial;
  /** Called after the last session was closed. */
  hangUp?: () => Promise<void> | undefined;
  /** Starts listening and registers the member; adds what it starts to `ends`. */
  enter: (member: LinkMember, ends: Disposables) => Promise<void>;
  clock: Clock;
  log: Logger;
}

export class LinkMember implements Member {
  readonly id: ComponentId;
  readonly type: ComponentType;
  readonly name: string;
  readonly domain: { readonly id: DomainId; readonly name: string };
  readonly caCertificate: string;
  readonly removed: Promise<void>;
  readonly served = new Served();
  /** The Data Server that streams our associates at present. */
  reportsFrom: ComponentId | undefined;
  readonly #options: LinkMemberOptions;
  readonly #peers = new Map<ComponentId, LinkPeer>();
  readonly #byType = new Map<ComponentType, Set<LinkPeer>>();
  readonly #rounds = new PeerRounds();
  /** Inbound connections, of peers known or not yet known. */
  readonly #visits = new Map<ComponentId, Set<Presence>>();
  readonly #removedPeers = new Set<ComponentId>();
  readonly #changes = new Emitter<PeerChange>();
  readonly #forgotten = new Emitter<ComponentId>();
  readonly #ends = new Disposables();
  readonly #onRemoved: () => void;
  #life: 'new' | 'started' | 'stopped' = 'new';

  constructor(options: LinkMemberOptions) {
    this.#options = options;
    this.id = options.id;
    this.type = options.type;
    this.name = options.name;
    this.domain = options.domain;
    this.caCertificate = options.caCertificate;
    ({ promise: this.removed, resolve: this.#onRemoved } = Promise.withResolvers<void>());
  }

  serve<T extends LinkTable>(table: T, handlers: LinkHandlers<T>): void {
    this.#mustBeNew('serve');
    if (table.server !== this.type) throw new Error(`A ${this.type} cannot serve the table of a ${table.server}`);
    this.served.serve(table, handlers);
  }

  mount(prefix: string, callers: readonly ComponentType[], handler: PlainHandler): void {
    this.#mustBeNew('mount');
    this.served.mount(prefix, callers, handler);
  }

  async start(): Promise<void> {
    this.#mustBeNew('start');
    this.#life = 'started';
    const { clock, enter, hangUp } = this.#options;
    this.#ends.add(() => hangUp?.());
    this.#ends.use(clock.every(watchMs, () => this.#look()));
    this.#ends.add(() => {
      for (const peer of this.#peers.values()) peer.close();
    });
    try {
      await enter(this, this.#ends);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  peers(type: ComponentType): readonly Peer[] {
    return [...this.peersOf(type)];
  }

  onlinePeers(type: ComponentType): readonly Peer[] {
    return [...this.peersOf(type)].filter((peer) => peer.state === 'online' && peer.isConnected);
  }

  peer(id: ComponentId): LinkPeer | undefined {
    return this.#peers.get(id);
  }

  onPeer(listener: (change: PeerChange) => void): Disposable {
    return this.#changes.on(listener);
  }

  async meet(other: Meeting, signal: AbortSignal): Promise<Met> {
    const { dial, clock } = this.#options;
    const refused = !mayMeet(this.type, this.type) || this.#removedPeers.has(other.id);
    if (refused) throw new PlatformError('forbidden', `A ${this.type} may not meet ${other.name} (${other.id}).`);
    return meetOnce({ ...other, type: this.type, state: 'online' }, { dial, clock, signal });
  }

  peersOf(type: ComponentType): ReadonlySet<LinkPeer> {
    return this.#byType.get(type) ?? new Set();
  }

  get allPeers(): Iterable<LinkPeer> {
    return this.#peers.values();
  }

  /** Components removed from the domain, as far as known here. */
  get removedPeers(): ReadonlySet<ComponentId> {
    return this.#removedPeers;
  }

  onForgotten(listener: (id: ComponentId) => void): Disposable {
    return this.#forgotten.on(listener);
  }

  /** Applies a change of associates: new ones are dialled, missing and removed ones forgotten. */
  applyAssociates({ whole, associates, removed }: Associates): void {
    if (whole) {
      this.#removedPeers.clear();
      const listed = new Set(associates.map((record) => record.id));
      for (const id of this.#peers.keys()) if (!listed.has(id)) this.#forget(id);
    }
    for (const id of removed) {
      this.#removedPeers.add(id);
      this.#forget(id);
    }
    for (const record of associates) if (!this.#removedPeers.has(record.id)) this.addAssociate(record);
  }

  /** `session`: an already open session to it. */
  addAssociate(record: ComponentRecord, session?: Session): Peer {
    const known = this.#peers.get(record.id);
    const peer = known ?? this.#newPeer(record);
    if (session) void peer.offer(session);
    if (known) known.learn(record);
    else if (this.#life === 'stopped') peer.close();
    else peer.start();
    return peer;
  }

  /** A component of the domain has connected to us. */
  welcome({ id }: ComponentIdentity, visit: Presence): void {
    const visits = this.#visits.get(id) ?? new Set();
    this.#visits.set(id, visits.add(visit));
    void visit.ended.then(() => {
      visits.delete(visit);
      if (visits.size === 0 && this.#visits.get(id) === visits) this.#visits.delete(id);
    });
    this.#peers.get(id)?.welcome(visit);
  }

  /** The machine's addresses have changed. */
  addressesChanged(own: ReadonlySet<string>): void {
    for (const peer of this.#peers.values()) peer.addressesChanged(own);
  }

  /** This component was removed from the domain: nothing is dialled any more. */
  wasRemoved(): void {
    for (const id of this.#peers.keys()) this.#forget(id);
    this.#onRemoved();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#life === 'stopped') return;
    this.#life = 'stopped';
    await this.#ends[Symbol.asyncDispose]();
  }

  #newPeer(record: ComponentRecord): LinkPeer {
    const { dial, clock, log } = this.#options;
    const onState = (peer: Peer, state: Peer['state'], why: string) => {
      log.info({ peer: peer.id, state, why }, `${describePeer(peer)} is ${state}: ${why}`);
      this.#changes.emit({ peer, state });
    };
    const mine = dials(this.type, record.type);
    const peer = new LinkPeer({
      ...{ record, clock, log, onState },
      dial: mine ? dial : undefined,
      self: { id: this.id, type: this.type },
      mayRest: mayRest(this.type, record.type),
      onUnrest: (it) => this.#rounds.wake(it),
    });
    this.#peers.set(record.id, peer);
    this.#rounds.add(peer);
    const ofType = this.#byType.get(record.type) ?? new Set();
    this.#byType.set(record.type, ofType.add(peer));
    for (const visit of this.#visits.get(record.id) ?? []) peer.welcome(visit);
    return peer;
  }

  #forget(id: ComponentId): void {
    const peer = this.#peers.get(id);
    if (!peer) return;
    this.#peers.delete(id);
    this.#byType.get(peer.type)?.delete(peer);
    this.#rounds.remove(peer);
    peer.forget();
    this.#forgotten.emit(id);
  }

  #look(): void {
    const now = this.#options.clock.monotonicMs();
    const dataServer = this.reportsFrom === undefined ? undefined : this.#peers.get(this.reportsFrom);
    this.#rounds.look(dataServer?.isConnected === true && dataServer.silentMs(now) < trustReportsMs, now);
  }

  #mustBeNew(verb: string): void {
    if (this.#life !== 'new') throw new Error(`Too late to ${verb}: the member has been ${this.#life}`);
  }
}
