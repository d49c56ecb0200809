/**
 * Keeps this component registered: holds a `register` stream at a Data Server, applies its associates, and fails over
 * to the next Data Server. Existing links live on without any.
 */
import { randomUUID } from 'node:crypto';
import { type Associates, dataServerLink, type LinkAddress, type LinkEndpoint } from '@zhiyun/contracts/links';
import { backoffMs, type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { dialFirst, endpointAt, isPlaceOf } from '../dial/dial-endpoint.ts';
import type { Http2Session } from '../http2/http2-session.ts';
import { redial } from '../limits.ts';
import type { LinkMember } from '../peer/link-member.ts';
import { keepReporting } from '../peer/link-reports.ts';
import type { Peer } from '../types.ts';
import type { DataServers } from './data-servers.ts';

export interface RegistrationOptions {
  member: LinkMember;
  version: string;
  /** The endpoint to advertise now. */
  endpoint: () => LinkEndpoint;
  dataServers: DataServers;
  /** Dials a hinted address of a Data Server, whose identity is not known yet. */
  dialDataServer: (address: LinkAddress, signal: AbortSignal, onReached: () => void) => Promise<Http2Session>;
  /** Called after each change of the associates. */
  onAssociates: () => void;
  clock: Clock;
  log: Logger;
}

/** Permanent refusals of a first registration: retrying does not help. */
const fatal = new Set(['join-refused', 'protocol-mismatch', 'not-authenticated', 'forbidden', 'identity-in-use']);

export class Registration {
  readonly #options: RegistrationOptions;
  readonly #life = randomUUID();
  #phase: 'looking' | 'registering' | 'registered' = 'looking';
  #round = new AbortController();
  /** Single-flight: hints are dialled one at a time, because anybody in the network can send them. */
  #isCalling = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  get isRegistered(): boolean {
    return this.#phase === 'registered';
  }

  /** Registers again: our endpoint has changed. */
  again(): void {
    this.#round.abort();
  }

  /**
   * Handles a hint that a Data Server is at these addresses: a known one that does not answer at its old place is
   * connected to there.
   */
  async heard(addresses: readonly LinkAddress[], signal: AbortSignal): Promise<void> {
    const { member, dataServers, dialDataServer, clock, log } = this.#options;
    const places = [...member.peersOf('data-server')].map((peer) => peer.endpoint);
    const news = addresses.filter((address) => !places.some((place) => isPlaceOf(place, address)));
    if (news.length === 0 || this.#isCalling) return;
    this.#isCalling = true;
    dataServers.suggest(news);
    try {
      const session = await dialFirst(news, dialDataServer, { clock, signal });
      const { id } = session.identity;
      log.info({ dataServer: id, address: session.address }, 'a Data Server says that it can be reached here');
      const known = member.peer(id);
      if (known) await known.offer(session);
      else session.close();
    } catch (error) {
      log.debug({ error, news }, 'where a Data Server was said to be is none of ours');
    } finally {
      this.#isCalling = false;
    }
  }

  /**
   * Runs until aborted or removed from the domain. `onFirst`: outcome of the first round, which is registered, refused
   * for good, or nobody there.
   */
  async run(signal: AbortSignal, onFirst: (refusal?: PlatformError) => void): Promise<void> {
    const { member, clock, log } = this.#options;
    using _returns = member.onPeer(({ peer }) => {
      if (peer.type === 'data-server' && peer.isConnected && this.#phase === 'looking') this.again();
    });
    let logged = '';
    for (let attempt = 0; !signal.aborted; attempt++) {
      this.#phase = 'looking';
      this.#round = new AbortController();
      const round = AbortSignal.any([signal, this.#round.signal]);
      try {
        await this.#registerAt(await this.#dataServer(round), round, () => {
          attempt = 0;
          logged = '';
          onFirst();
        });
      } catch (error) {
        if (signal.aborted) return;
        if (round.aborted) continue;
        const refusal = error instanceof PlatformError ? error : undefined;
        if (refusal?.code === 'component-removed') {
          log.error({ error }, 'this component was removed from the domain; it does not try to come back');
          member.wasRemoved();
          return onFirst(refusal);
        }
        if (this.isRegistered) log.info({ error }, 'the registration has broken off; registering anew');
        else if (String(error) !== logged) log.warn({ error }, 'not registered at any Data Server; trying on');
        logged = String(error);
        onFirst(refusal && fatal.has(refusal.code) ? refusal : undefined);
      }
      this.#phase = 'looking';
      await clock.sleep(backoffMs(redial, attempt), round).catch(() => {});
    }
  }

  async #registerAt(dataServer: Peer, signal: AbortSignal, onRegistered: () => void): Promise<void> {
    const { member, version, endpoint, dataServers, onAssociates, clock, log } = this.#options;
    this.#phase = 'registering';
    const self = { name: member.name, version, endpoint: endpoint(), life: this.#life, now: clock.now() };
    const registered = new AbortController();
    try {
      const take = async (item: Associates) => {
        const { id, type, name } = dataServer;
        const isListed = !item.whole || item.associates.some((record) => record.id === id);
        const unlisted = isListed ? [] : [{ id, type, name, endpoint: dataServer.endpoint, state: 'online' } as const];
        member.applyAssociates({ ...item, associates: [...item.associates, ...unlisted] });
        onAssociates();
        const endpoints = [...member.peersOf('data-server')].map((peer) => peer.endpoint);
        await dataServers
          .keep(endpoints)
          .catch((error: unknown) => log.warn({ error }, 'the Data Servers’ addresses could not be kept'));
        if (this.isRegistered) return;
        this.#phase = 'registered';
        member.reportsFrom = dataServer.id;
        onRegistered();
        const reporting = AbortSignal.any([signal, registered.signal]);
        void keepReporting({ member, dataServer, signal: reporting, clock, log });
      };
      await dataServer.as(dataServerLink).register(self, take, { signal });
      log.info({ dataServer: dataServer.id }, 'the Data Server has ended our registration');
    } finally {
      member.reportsFrom = undefined;
      registered.abort();
    }
  }

  /** An online Data Server, or else the first that answers at a known address. */
  async #dataServer(signal: AbortSignal): Promise<Peer> {
    const { member, dataServers, dialDataServer } = this.#options;
    const online = member.onlinePeers('data-server');
    const [chosen] = online.slice(Math.floor(Math.random() * online.length));
    if (chosen) return chosen;
    const session = await dataServers.dial(dialDataServer, signal);
    this.#phase = 'registering';
    const known = member.peer(session.identity.id);
    await known?.offer(session);
    return (
      known ??
      member.addAssociate({ ...session.identity, endpoint: endpointAt(session.address), state: 'online' }, session)
    );
  }
}
