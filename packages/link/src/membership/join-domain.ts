/** The networked member: identity on disk, HTTP/2 with mutual TLS, registration at a Data Server. */
import type { ComponentRecord, ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import { dataServerLink } from '@zhiyun/contracts/links';
import type { Clock, Disposables, Logger } from '@zhiyun/kernel';
import { addressesOf } from '../dial/dial-endpoint.ts';
import { dialTurn } from '../dial/dial-turns.ts';
import { anyHost, ownAddresses, ownEndpoint, presentAddresses } from '../dial/own-endpoint.ts';
import { dialAddresses, dialHttp2 } from '../http2/dial-http2.ts';
import { LinkServer } from '../http2/link-server.ts';
import { LinkThread } from '../link-thread/link-thread.ts';
import { LinkMember } from '../peer/link-member.ts';
import { enterProcess } from '../rpc/same-process.ts';
import type { Session } from '../rpc/session.ts';
import type { Member } from '../types.ts';
import type { Discover, HearDataServers } from './data-servers.ts';
import type { Membership } from './identity.ts';
import { requestMembership } from './join.ts';
import { listenRemembered } from './listen.ts';
import { type OpenMembership, openMembership } from './membership.ts';
import { Registration } from './registration.ts';
import { keepRenewed } from './renewal.ts';

export interface JoinDomainOptions {
  /** The identity is kept in `<home>/<type>/identity`. */
  home: string;
  type: ComponentType;
  name: string;
  /** Version of this software. */
  version: string;
  /** Tried together with those from the token and those learned from the domain. */
  dataServers: readonly LinkAddress[];
  /** Required for the first join only. */
  token?: string;
  /** Which domain, when several are found in the network. */
  domainName?: string;
  /** Used only when no known address answers. */
  discover?: Discover;
  /** Default: unsolicited announcements are not listened to. */
  hear?: HearDataServers;
  /** Default: all addresses, so that they may come and go. */
  listenHost?: string;
  /** Default 0: the last port when it is free, else any. */
  listenPort?: number;
  /** Fixed hosts to advertise, instead of this machine's addresses. */
  endpointHosts?: readonly string[];
  /**
   * Above this many nodes a second thread dials them: for a component with permanent links to all of them and neither
   * pipes nor plain HTTP. Default: never.
   */
  crowd?: number;
  clock: Clock;
  log: Logger;
}

/**
 * Makes this process a member; `start` connects it. Throws `join-refused` (wrong token, false Data Server, another
 * domain), `component-removed`, `clock-wrong`, `protocol-mismatch`, or `unavailable` (a certificate is needed and no
 * Data Server answers).
 */
export async function joinDomain(options: JoinDomainOptions): Promise<Member> {
  return new RealMember(options, await openMembership(options)).member;
}

class RealMember {
  readonly member: LinkMember;
  readonly #options: JoinDomainOptions;
  readonly #known: OpenMembership;
  #membership: Membership;
  #linkThread: LinkThread | undefined;

  constructor(options: JoinDomainOptions, known: OpenMembership) {
    this.#options = options;
    this.#known = known;
    this.#membership = known.membership;
    const { name, clock, log } = options;
    const { id, type } = known.identity;
    const { domain, caCertificate } = known.membership;
    this.member = new LinkMember({
      id,
      type,
      name,
      domain,
      caCertificate,
      dial: (record, last, signal, awaitsTurn) => this.#dial(record, last, signal, awaitsTurn),
      hangUp: () => this.#linkThread?.[Symbol.asyncDispose](),
      enter: (member, ends) => this.#enter(member, ends),
      clock,
      log,
    });
  }

  async #enter(member: LinkMember, ends: Disposables): Promise<void> {
    const { name, version, clock, log, listenHost = anyHost(), listenPort = 0, endpointHosts } = this.#options;
    const { identity, dataServers } = this.#known;
    const { id, type } = identity;
    const server = ends.use(
      new LinkServer({
        self: { id, type, name },
        domainId: member.domain.id,
        credentials: this.#credentials,
        served: member.served,
        onVisit: (caller, visit) => member.welcome(caller, visit),
        clock,
        log,
      }),
    );
    ends.use(enterProcess(id, member.served));
    const port = await listenRemembered(server, identity, listenHost, listenPort);
    const stopping = new AbortController();
    ends.add(() => stopping.abort());

    const expect = { type: 'data-server', domainId: member.domain.id } as const;
    const registration = new Registration({
      member,
      version,
      endpoint: () => ownEndpoint(listenHost, port, endpointHosts),
      dataServers,
      dialDataServer: (address, signal, onReached) =>
        dialHttp2({ credentials: this.#credentials, address, expect, clock, signal, onReached }),
      onAssociates: () => server.refuse(member.removedPeers),
      clock,
      log,
    });
    const { promise: first, resolve, reject } = Promise.withResolvers<void>();
    void registration.run(stopping.signal, (refusal) => (refusal ? reject(refusal) : resolve()));
    await first;
    ends.add(async () => {
      if (registration.isRegistered) await sayGoodbye(member, log);
    });
    const { hear } = this.#options;
    if (hear) ends.use(hear(member.domain.id, (addresses) => void registration.heard(addresses, stopping.signal)));
    if (!endpointHosts) {
      const onChange = () => {
        log.info({ endpoint: ownEndpoint(listenHost, port) }, 'the addresses of this machine have changed');
        member.addressesChanged(presentAddresses());
        registration.again();
      };
      ends.use(ownAddresses.on(onChange));
    }

    void keepRenewed({
      member,
      identity,
      membership: () => this.#membership,
      askAnew: () => requestMembership({ identity, dataServers, past: this.#membership, token: undefined, clock, log }),
      onRenewed: (membership) => {
        this.#membership = membership;
        server.renew(this.#credentials);
      },
      signal: stopping.signal,
      clock,
      log,
    });
  }

  async #dial(
    { id, type, name, endpoint, state }: ComponentRecord,
    last: LinkAddress | undefined,
    signal: AbortSignal,
    awaitsTurn: (isSo: boolean) => void,
  ): Promise<Session> {
    // Before the head start of the first address begins.
    awaitsTurn(true);
    using _turn = await dialTurn(state === 'gone', signal).finally(() => awaitsTurn(false));
    signal.throwIfAborted();
    const { clock, crowd = Number.POSITIVE_INFINITY } = this.#options;
    const expect = { type, id, domainId: this.member.domain.id };
    const dialling = { addresses: addressesOf(endpoint, last), credentials: this.#credentials, expect, name };
    const isCrowd = type === 'node-client' && this.member.peersOf(type).size > crowd;
    if (isCrowd) return await this.#crowdThread.dial(dialling, signal);
    return await dialAddresses(dialling, { clock, signal });
  }

  get #crowdThread(): LinkThread {
    if (!this.#linkThread || this.#linkThread.isOver) this.#linkThread = new LinkThread(this.#options);
    return this.#linkThread;
  }

  get #credentials() {
    const { certificate, caCertificate } = this.#membership;
    return { certificate, caCertificate, privateKey: this.#known.identity.privateKey };
  }
}

/** Announces a graceful stop to the Data Servers; peers learn it from the link itself. */
async function sayGoodbye(member: Member, log: Logger): Promise<void> {
  const [dataServer] = member.onlinePeers('data-server');
  try {
    await dataServer?.as(dataServerLink).goodbye({}, { timeoutMs: 1_000 });
  } catch (error) {
    log.debug({ error }, 'the Data Server did not hear our goodbye');
  }
}
