/** The real body of a member: identity in a directory, HTTP/2 with mutual TLS, registration at a Data Server. */
import type { ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import { dataServerLink } from '@zhiyun/contracts/links';
import { type Clock, type Disposables, type Logger, PlatformError } from '@zhiyun/kernel';
import { certificateSha256 } from './certificates.ts';
import { dialHttp2 } from './http2/http2-session.ts';
import { LinkServer } from './http2/link-server.ts';
import { type Identity, isUsable, type Membership, openIdentity } from './identity.ts';
import { requestMembership } from './join.ts';
import { LinkMember } from './link-member.ts';
import { listenRemembered } from './listen.ts';
import { ownEndpoint } from './own-endpoint.ts';
import { Registration } from './registration.ts';
import { keepRenewed } from './renewal.ts';
import { parseJoinToken } from './token.ts';
import type { Member } from './types.ts';

export interface JoinDomainOptions {
  /** The identity is kept in `<home>/<type>/identity`. */
  home: string;
  type: ComponentType;
  name: string;
  /** Of this software. */
  version: string;
  /** Tried in turn, before those that the token names. */
  dataServers: readonly LinkAddress[];
  /** Needed the first time only. */
  token?: string;
  /** Default `0.0.0.0`: everywhere, so that an address may come and go. */
  listenHost?: string;
  /** What others are told, instead of the addresses that this machine has. */
  endpointHosts?: readonly string[];
  /** Default 0: the port of last time when it is free, else any. */
  listenPort?: number;
  clock: Clock;
  log: Logger;
}

/**
 * Makes this process a member, which `start` brings to life. Throws `join-refused` (wrong token, false Data Server, another
 * domain) or `unavailable` (a certificate is needed and no Data Server answers).
 */
export async function joinDomain(options: JoinDomainOptions): Promise<Member> {
  const { home, type, clock, log } = options;
  const identity = await openIdentity(home, type);
  const token = options.token === undefined ? undefined : parseJoinToken(options.token);
  const dataServers = [...options.dataServers, ...(token?.dataServers ?? [])];
  const past = await identity.membership();
  if (past && token && certificateSha256(past.caCertificate) !== token.caSha256) {
    throw new PlatformError(
      'join-refused',
      `This ${type} belongs to the domain "${past.domain.name}" and the join token is of another. Leave the token out, or remove ${home}/${type}/identity to join anew.`,
    );
  }
  let membership = past;
  if (!membership || !isUsable(membership, identity, clock.now())) {
    membership = await requestMembership({ identity, dataServers, past, token, clock, log });
    await identity.keepMembership(membership);
  }
  return new RealMember(options, identity, membership, dataServers).member;
}

class RealMember {
  readonly member: LinkMember;
  readonly #options: JoinDomainOptions;
  readonly #identity: Identity;
  readonly #dataServers: readonly LinkAddress[];
  #membership: Membership;

  constructor(
    options: JoinDomainOptions,
    identity: Identity,
    membership: Membership,
    dataServers: readonly LinkAddress[],
  ) {
    this.#options = options;
    this.#identity = identity;
    this.#membership = membership;
    this.#dataServers = dataServers;
    const { name, clock, log } = options;
    this.member = new LinkMember({
      id: identity.id,
      type: identity.type,
      name,
      domain: membership.domain,
      caCertificate: membership.caCertificate,
      dial: ({ id, type, name, endpoint: { hosts, port } }, signal) =>
        dialHttp2({
          ...this.#dialling,
          address: { host: hosts[0] ?? '127.0.0.1', port },
          expect: { id, type, domainId: membership.domain.id },
          name,
          signal,
        }),
      enter: (member, ends) => this.#enter(member, ends),
      clock,
      log,
    });
  }

  async #enter(member: LinkMember, ends: Disposables): Promise<void> {
    const { name, clock, log, listenHost = '0.0.0.0', listenPort = 0 } = this.#options;
    const { id, type } = this.#identity;
    const server = ends.use(
      new LinkServer({
        self: { id, type, name },
        domainId: member.domain.id,
        credentials: this.#credentials,
        served: member.served,
        clock,
        log,
      }),
    );
    const port = await listenRemembered(server, this.#identity, listenHost, listenPort);
    const stopping = new AbortController();
    ends.add(() => stopping.abort());

    const registration = new Registration({
      member,
      findDataServers: () => this.#findDataServers(),
      dialDataServer: (address, signal) =>
        dialHttp2({ ...this.#dialling, address, expect: { type: 'data-server', domainId: member.domain.id }, signal }),
      version: this.#options.version,
      endpoint: () => ownEndpoint(listenHost, port, this.#options.endpointHosts),
      clock,
      log,
    });
    const { promise: first, resolve, reject } = Promise.withResolvers<void>();
    void registration.run(stopping.signal, (refusal) => (refusal ? reject(refusal) : resolve()));
    await first;
    ends.add(async () => {
      if (registration.isRegistered) await sayGoodbye(member, log);
    });

    void keepRenewed({
      member,
      identity: this.#identity,
      membership: () => this.#membership,
      onRenewed: (membership) => {
        this.#membership = membership;
        server.renew(this.#credentials);
      },
      signal: stopping.signal,
      clock,
      log,
    });
  }

  /** Where Data Servers may be. Discovery by multicast will add to what we were told. */
  async #findDataServers(): Promise<readonly LinkAddress[]> {
    return this.#dataServers;
  }

  get #credentials() {
    const { certificate, caCertificate } = this.#membership;
    return { certificate, caCertificate, privateKey: this.#identity.privateKey };
  }

  get #dialling() {
    return { credentials: this.#credentials, clock: this.#options.clock };
  }
}

/** A clean stop is told to the Data Servers; peers hear it from the link itself. */
async function sayGoodbye(member: Member, log: Logger): Promise<void> {
  const [dataServer] = member.onlinePeers('data-server');
  try {
    await dataServer?.as(dataServerLink).goodbye({}, { timeoutMs: 1_000 });
  } catch (error) {
    log.debug({ error }, 'the Data Server did not hear our goodbye');
  }
}
