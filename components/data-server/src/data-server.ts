/**
 * The Data Server: creates the domain, admits components and announces to each where its associates are. All its state
 * is in PostgreSQL, so any number serve one domain and any of them may die.
 */
import type { ComponentId } from '@zhiyun/contracts';
import { dataServerLink, dataServerPort, type LinkAddress, type LinkEndpoint } from '@zhiyun/contracts/links';
import { type Clock, Disposables, type Logger, Slots } from '@zhiyun/kernel';
import {
  createCertificateRequest,
  LinkServer,
  type LinkServerOptions,
  listenRemembered,
  openIdentity,
  ownAddresses,
  ownEndpoint,
  publicKeySha256,
  renewalDueMs,
  Served,
  signServerCertificate,
} from '@zhiyun/link';
import type { Component } from '@zhiyun/service';
import type { Store } from '@zhiyun/store';
import { ComponentList } from './component-list.ts';
import { addComponent } from './component-rows.ts';
import { type Domain, openDomain } from './domain.ts';
import { handlersOf, makeJoinToken } from './handlers.ts';
import type { NewJoinToken } from './join-tokens.ts';
import { answerJoin, type Joining, renewCertificate } from './joining.ts';
import { OwnPresence } from './own-presence.ts';
import { Registrations } from './registrations.ts';

export interface DataServerOptions {
  store: Store;
  /** Its identity is kept in `<home>/data-server/identity`, and may have been made by joining. */
  home: string;
  name: string;
  version: string;
  /** Port 0: the last port when it is free, else any. `hosts`: advertised instead of all addresses. */
  listen: { host: string; port: number; hosts?: readonly string[] };
  /** Name of a domain created now. Default `zhiyun`. */
  domainName?: string;
  /** Given to components that need the database; undefined: it is private to this machine. */
  databaseUrl: string | undefined;
  clock: Clock;
  log: Logger;
}

export interface DataServer extends Component {
  /** Resolves when it was itself removed from the domain. */
  readonly removed: Promise<void>;
  readonly id: ComponentId;
  readonly domain: { id: Domain['id']; name: string };
  /** PEM. */
  readonly caCertificate: string;
  /** Once started: the advertised endpoint. */
  readonly endpoint: LinkEndpoint;
  /** Once started: address for clients on this machine. */
  readonly address: LinkAddress;
  /** The token as it is typed. */
  createJoinToken(token: NewJoinToken): Promise<string>;
  /** PEM, good for 90 days. `certificateRequest` is PKCS#10. Throws `invalid-request`. */
  issueServerCertificate(server: {
    certificateRequest: string;
    hostnames: readonly string[];
    addresses: readonly string[];
  }): Promise<string>;
}

/** Concurrent joins; more wait in a queue. */
const joiners = 4;
/** Grace period before a removed component's sessions are closed. */
const farewellMs = 100;
/** Polling interval of the own certificate: a timer does not notice a clock change. */
const lookMs = 60_000;

/**
 * Opens or creates the domain. `start` listens and registers. Throws `component-removed` when this one was removed from
 * it.
 */
export async function createDataServer(options: DataServerOptions): Promise<DataServer> {
  const { store, home, name, version, listen, databaseUrl, clock, log } = options;
  const domain = await openDomain(store, options.domainName ?? 'zhiyun', clock);
  const identity = await openIdentity(home, 'data-server');
  const self = { id: identity.id, type: 'data-server', name } as const;
  const joining: Joining = { store, domain, clock, log };
  const list = new ComponentList(store, clock, log);
  const registrations = new Registrations({ selfId: self.id, store, list, clock, log });
  const ends = new Disposables();
  let port = 0;
  const endpoint = () => {
    if (port === 0) throw new Error('The Data Server has no address before it is started');
    return ownEndpoint(listen.host, port, listen.hosts);
  };

  const ownRequest = await createCertificateRequest(identity.privateKey);
  await addComponent(store.db, { ...self, key: publicKeySha256(ownRequest), now: clock.now() });
  const credentials = async () => ({
    caCertificate: domain.authority.certificate,
    certificate: await renewCertificate(joining, self, ownRequest),
    privateKey: identity.privateKey,
  });
  const firstCredentials = await credentials();
  const served = new Served();
  const serving = { joining, selfId: self.id, endpoint, list, registrations, databaseUrl };
  served.serve(dataServerLink, handlersOf(serving));
  /**
   * Disconnects removed components after a moment: the end of their streams, which gives the reason, may arrive first.
   */
  async function cutOff(server: LinkServer): Promise<void> {
    await clock.sleep(farewellMs);
    server.refuse(list.removed);
  }
  const ownRemoval = Promise.withResolvers<void>();
  const onAddresses = (listener: () => void) => ownAddresses.on(listener);
  const presence = new OwnPresence({ self, version, endpoint, onAddresses, store, registrations, clock, log });

  return {
    id: self.id,
    removed: ownRemoval.promise,
    domain: { id: domain.id, name: domain.name },
    caCertificate: domain.authority.certificate,
    get endpoint() {
      return endpoint();
    },
    get address() {
      const { host } = listen;
      return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port: endpoint().port };
    },
    async start() {
      await presence.begin(ends);
      await list.follow(ends);
      const slots = new Slots(joiners);
      const join: LinkServerOptions['join'] = async (body, protocols) => {
        using _slot = await slots.take();
        return await answerJoin(joining, body, protocols);
      };
      const server = ends.use(
        new LinkServer({ self, domainId: domain.id, credentials: firstCredentials, served, join, clock, log }),
      );
      ends.use(
        list.onChange(({ removed }) => {
          if (removed.length > 0) void cutOff(server);
          if (removed.includes(self.id)) ownRemoval.resolve();
        }),
      );
      server.refuse(list.removed);
      port = await listenRemembered(server, identity, listen.host, listen.port, dataServerPort);
      await presence.register(ends);
      ends.add(() => registrations.stop());
      let shown = firstCredentials;
      const renew = async () => {
        if (renewalDueMs(shown.certificate, clock.now()) > 0) return;
        shown = await credentials();
        server.renew(shown);
      };
      ends.use(
        clock.every(lookMs, () => {
          renew().catch((error: unknown) => log.warn({ error }, 'the own certificate was not renewed; trying on'));
        }),
      );
      log.info({ endpoint: endpoint(), domain: domain.name }, 'the Data Server is ready');
    },
    async stop() {
      await ends[Symbol.asyncDispose]();
    },
    createJoinToken: async (wanted) => (await makeJoinToken(serving, wanted)).token,
    issueServerCertificate: ({ certificateRequest, hostnames, addresses }) =>
      signServerCertificate(domain.authority, certificateRequest, [...hostnames, ...addresses], clock.now()),
  };
}
