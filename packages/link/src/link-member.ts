/**
 * A member of a domain, whatever carries its links. It owns what it serves and the peers it knows; the two bodies
 * (`joinDomain`, `createMemoryDomain`) tell it how to dial and how to come and go.
 */
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType, LinkTable } from '@zhiyun/contracts/links';
import { type Clock, Disposables, Emitter, type Logger } from '@zhiyun/kernel';
import { heartbeatMs, watchMs } from './limits.ts';
import { LinkPeer } from './peer.ts';
import { Served } from './served.ts';
import { type ComponentIdentity, type Dial, describePeer, type Session } from './session.ts';
import type { LinkHandlers, Member, Peer, PeerChange, PlainHandler } from './types.ts';

export interface LinkMemberOptions extends ComponentIdentity {
  name: string;
  domain: { id: DomainId; name: string };
  caCertificate: string;
  dial: Dial;
  /** Begins to listen and makes the member known; what it starts it adds to `ends`. */
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
  readonly served = new Served();
  readonly #options: LinkMemberOptions;
  readonly #peers = new Map<ComponentId, LinkPeer>();
  readonly #changes = new Emitter<PeerChange>();
  readonly #ends = new Disposables();
  #life: 'new' | 'started' | 'stopped' = 'new';

  constructor(options: LinkMemberOptions) {
    this.#options = options;
    this.id = options.id;
    this.type = options.type;
    this.name = options.name;
    this.domain = options.domain;
    this.caCertificate = options.caCertificate;
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
    const { clock, enter } = this.#options;
    let ticks = 0;
    const tick = () => {
      const beat = ticks++ % (heartbeatMs / watchMs) === 0;
      for (const peer of this.#peers.values()) {
        if (beat) peer.heartbeat();
        peer.watch();
      }
    };
    this.#ends.use(clock.every(watchMs, tick));
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
    return this.#known().filter((peer) => peer.type === type);
  }

  onlinePeers(type: ComponentType): readonly Peer[] {
    return this.#known().filter((peer) => peer.type === type && peer.state === 'online');
  }

  peer(id: ComponentId): Peer | undefined {
    return this.#peers.get(id);
  }

  onPeer(listener: (change: PeerChange) => void): Disposable {
    return this.#changes.on(listener);
  }

  /** The whole list of associates, as it is now: new ones are dialled, missing ones forgotten. */
  setAssociates(records: readonly ComponentRecord[]): void {
    const listed = new Set(records.map((record) => record.id));
    for (const peer of this.#known()) if (!listed.has(peer.id)) this.forget(peer.id);
    for (const record of records) this.addAssociate(record);
  }

  forget(id: ComponentId): void {
    const peer = this.#peers.get(id);
    this.#peers.delete(id);
    peer?.forget();
  }

  /** `session`: one that is open to it already. */
  addAssociate(record: ComponentRecord, session?: Session): Peer {
    const known = this.#peers.get(record.id);
    if (known) {
      known.learn(record);
      session?.close();
      return known;
    }
    const { dial, clock, log } = this.#options;
    const onState = (peer: Peer, state: Peer['state']) => {
      log.info({ peer: peer.id, state }, `${describePeer(peer)} is ${state}`);
      this.#changes.emit({ peer, state });
    };
    const peer = new LinkPeer({ record, dial, clock, log, onState });
    this.#peers.set(record.id, peer);
    if (this.#life === 'stopped') session?.close();
    else peer.start(session);
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#life === 'stopped') return;
    this.#life = 'stopped';
    await this.#ends[Symbol.asyncDispose]();
  }

  #known(): LinkPeer[] {
    return [...this.#peers.values()];
  }

  #mustBeNew(verb: string): void {
    if (this.#life !== 'new') throw new Error(`Too late to ${verb}: the member has been ${this.#life}`);
  }
}
