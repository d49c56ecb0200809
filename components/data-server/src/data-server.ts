/**
 * The Data Server: makes the domain, lets components join it, and tells each where its associates are. All it knows is in
 * PostgreSQL, so any number of them serve one domain and any of them may die.
 */
import { networkInterfaces } from 'node:os';
import { type ComponentType, dataServerLink, type LinkAddress } from '@zhiyun/contracts/links';
import { type Clock, Disposables, type Logger } from '@zhiyun/kernel';
import {
  certificateSha256,
  createCertificateRequest,
  formatJoinToken,
  goneMs,
  type LinkHandlers,
  LinkServer,
  listenRemembered,
  openIdentity,
  publicKeySha256,
  Served,
  signServerCertificate,
} from '@zhiyun/link';
import type { Component } from '@zhiyun/service';
import { acquireLease, type Store } from '@zhiyun/store';
import { ComponentList } from './component-list.ts';
import { type Domain, openDomain } from './domain.ts';
import { addJoinSecret } from './join-tokens.ts';
import { addComponent, answerJoin, type Joining, renewCertificate } from './joining.ts';
import { leaseName } from './registration-rows.ts';
import { Registrations } from './registrations.ts';

export interface DataServerOptions {
  store: Store;
  /** Its identity is kept in `<home>/data-server/identity`. */
  home: string;
  /** Port 0: the port of last time when it is free, else any. `advertise`: the host others are told, when it is another. */
  listen: { host: string; port: number; advertise?: string };
  /** Of a domain that is made now. Default `zhiyun`. */
  domainName?: string;
  name?: string;
  clock: Clock;
  log: Logger;
}

export interface DataServer extends Component {
  readonly domain: { id: Domain['id']; name: string };
  /** PEM. */
  readonly caCertificate: string;
  /** Once started. */
  readonly address: LinkAddress;
  createJoinToken(token: { roles: readonly ComponentType[]; expiresInSeconds: number }): Promise<string>;
  /** PEM, good for 90 days. `certificateRequest` is PKCS#10. Throws `invalid-request`. */
  issueServerCertificate(server: {
    certificateRequest: string;
    hostnames: readonly string[];
    addresses: readonly string[];
  }): Promise<string>;
}

const judgeMs = 250;
const leaseMs = 1_500;
const renewMs = 24 * 3600 * 1000;

/** Opens (or makes) the domain. `start` listens and registers. */
export async function createDataServer(options: DataServerOptions): Promise<DataServer> {
  const { store, home, clock, log, name = 'data-server' } = options;
  const domain = await openDomain(store, options.domainName ?? 'zhiyun', clock);
  const identity = await openIdentity(home, 'data-server');
  const self = { id: identity.id, type: 'data-server', name } as const;
  const joining: Joining = { store, domain, clock, log };
  const list = new ComponentList(store, log);
  const registrations = new Registrations(self.id, store, list, log);
  const ends = new Disposables();
  let address: LinkAddress | undefined;

  const ownRequest = await createCertificateRequest(identity.privateKey);
  await addComponent(joining, { ...self, key: publicKeySha256(ownRequest) });
  const credentials = async () => ({
    caCertificate: domain.authority.certificate,
    certificate: await renewCertificate(joining, self, ownRequest),
    privateKey: identity.privateKey,
  });
  const served = new Served();
  served.serve(dataServerLink, handlersOf(joining, list, registrations));

  async function holdLease(): Promise<void> {
    await acquireLease(store, leaseName(self.id), self.id, goneMs);
    // Whoever was registered before we started has this long to come back.
    if (clock.monotonicMs() - startedAt >= goneMs) await registrations.dropUnheard();
  }
  let startedAt = 0;

  return {
    domain: { id: domain.id, name: domain.name },
    caCertificate: domain.authority.certificate,
    get address() {
      if (!address) throw new Error('The Data Server has no address before it is started');
      return address;
    },
    async start() {
      startedAt = clock.monotonicMs();
      await holdLease();
      await list.follow(ends);
      ends.add(() => registrations.settled());
      const join = (body: unknown) => answerJoin(joining, body);
      const server = ends.use(
        new LinkServer({ self, domainId: domain.id, credentials: await credentials(), served, join, clock, log }),
      );
      const { host, port, advertise } = options.listen;
      address = { host: advertise ?? reachableHost(host), port: await listenRemembered(server, identity, host, port) };

      const own = new AbortController();
      const registered = registrations.register(
        { name, address },
        { caller: self, signal: own.signal, silentMs: () => 0 },
      );
      await registered.next();
      ends.add(async () => {
        await registrations.goodbye(self.id);
        own.abort();
      });
      const guard = (what: string, task: () => Promise<void>) => () => {
        task().catch((error: unknown) => log.warn({ error }, `${what} failed; trying on`));
      };
      ends.use(clock.every(judgeMs, () => registrations.judge()));
      ends.use(clock.every(leaseMs, guard('keeping the lease of this Data Server', holdLease)));
      ends.use(
        clock.every(
          renewMs,
          guard('renewing its certificate', async () => server.renew(await credentials())),
        ),
      );
      log.info({ address, domain: domain.name }, 'the Data Server is ready');
    },
    async stop() {
      await ends[Symbol.asyncDispose]();
    },
    async createJoinToken(token) {
      const secret = await addJoinSecret(store, clock, token);
      await list.reread();
      const dataServers = list.all.filter(({ type, state }) => type === 'data-server' && state === 'online');
      return formatJoinToken({
        dataServers: dataServers.map((dataServer) => dataServer.address),
        caSha256: certificateSha256(domain.authority.certificate),
        secret,
      });
    },
    issueServerCertificate: ({ certificateRequest, hostnames, addresses }) =>
      signServerCertificate(domain.authority, certificateRequest, [...hostnames, ...addresses], clock.now()),
  };
}

function handlersOf(
  joining: Joining,
  list: ComponentList,
  registrations: Registrations,
): LinkHandlers<typeof dataServerLink> {
  const { domain, clock } = joining;
  return {
    register: (params, context) => registrations.register(params, context),
    async goodbye(_params, { caller }) {
      await registrations.goodbye(caller.id);
      return {};
    },
    renewCertificate: async ({ certificateRequest }, { caller }) => ({
      certificate: await renewCertificate(joining, caller, certificateRequest),
    }),
    issueGatewayCertificate: async ({ certificateRequest, names }) => ({
      certificate: await signServerCertificate(domain.authority, certificateRequest, names, clock.now()),
      caCertificate: domain.authority.certificate,
    }),
    listComponents: async () => ({ components: list.all.map(({ session: _session, ...record }) => record) }),
  };
}

/** What to tell others when listening everywhere: the first address that is not only this machine's. */
function reachableHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const outward = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return outward?.address ?? '127.0.0.1';
}
