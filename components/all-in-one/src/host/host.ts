/**
 * The host: the one process of a machine. It runs roles side by side, each a member of the domain with an identity, a
 * certificate and links of its own, as if it were on a machine of its own. So growing to a second machine changes nothing here.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { firstUsername } from '@zhiyun/control-server';
import { capFile, Disposables, isoTime, type Logger, PlatformError, systemClock } from '@zhiyun/kernel';
import { askDataServer, forgetIdentity } from '@zhiyun/link';
import { type Config, createLogger, lockHome, openHome, readConfig } from '@zhiyun/service';
import { type HomePaths, homePaths } from '../home-paths.ts';
import { type ListenAddress, localUrl } from '../listen-address.ts';
import { type ListenPlaces, listenPlaces, startNotes } from '../remembered-options.ts';
import { version } from '../version.ts';
import { type DatabaseRole, HostDatabase } from './host-database.ts';
import { type HostRecord, type HostRole, hostRoles, readHostRecord, writeHostRecord } from './host-record.ts';
import { HostRoles } from './host-roles.ts';
import { type Invitation, joiningOptions, noInvitation } from './invitation.ts';
import { keepOptions } from './kept-config.ts';
import { type LocalControl, type OrderOf, type Progress, serveLocalControl } from './local-control.ts';
import { moveHostDatabase } from './move-host-database.ts';
import { notifyReady } from './notify-systemd.ts';
import type { ReadyInfo } from './ready-info.ts';
import type { HostContext, HostFacts } from './role.ts';

const clock = systemClock;
/** What the process itself writes is little, or a crash without end. */
const maxOutputBytes = 4 * 1024 * 1024;
const capEveryMs = 60_000;
/** A gateway that is ready has found a Control Server, when there is one on its own host. */
const usableMs = 5_000;
/** How long all guests together may take to shut down, where they are to end with the host. */
const guestsMs = 60_000;

export interface HostOptions {
  home: string;
  /** Of the gateway, as `HOST:PORT`; remembered. Default: the configuration's, else everywhere at 8443. */
  listen?: string | undefined;
  /** Where links listen; remembered. Default: the configuration's, else where the gateway does. */
  linkListen?: string | undefined;
  /** Instances are only pretended: for trying the platform without QEMU, and for scale. Remembered. */
  simulated: boolean;
  /** How its components call themselves. Default: as last time, else the machine's host name. */
  name?: string | undefined;
  /** Of the founder of a new domain. Default: every role. */
  foundWith?: readonly HostRole[] | undefined;
  /** Of a new domain. Default `zhiyun`. */
  domainName?: string | undefined;
  /** Roles to take in an existing domain. Without: what the host was, or the founder of a new domain. */
  join?: { roles: readonly HostRole[]; invitation: Invitation } | undefined;
  progress: Progress;
}

/** Starts the host. Throws what hinders it, and has then undone what it did. */
export async function startHost(options: HostOptions): Promise<Host> {
  const home = await openHome(options.home);
  const paths = homePaths(home.directory);
  const ends = new Disposables();
  try {
    ends.use(await lockHome(home.directory));
    const config = await readConfig(home.directory);
    const log = createLogger({ level: config.log.level, file: paths.logFile });
    const kept = await readHostRecord(paths.hostRecord);
    if (kept && options.domainName !== undefined)
      throw new PlatformError('wrong-state', 'This host is in a domain already, whose name stays as it is.');
    if (kept && options.foundWith)
      throw new PlatformError(
        'wrong-state',
        `This host is ${kept.roles.join(', ')} already; roles are taken by \`zhiyun join\` and given up by \`zhiyun component remove\`.`,
      );
    const record = kept ?? newRecord(options);
    if (options.name !== undefined) record.name = options.name;
    if (options.simulated) record.simulated = true;
    const host = new Host({ home: home.directory, paths, config, record, log, ends, options });
    await host.start();
    return host;
  } catch (error) {
    await ends[Symbol.asyncDispose]();
    throw error;
  }
}

function newRecord({ join, name, simulated, foundWith = hostRoles }: HostOptions): HostRecord {
  return { name: name ?? hostname(), founded: !join, roles: join ? [] : [...foundWith], simulated };
}

interface HostParts {
  home: string;
  paths: HomePaths;
  config: Config;
  record: HostRecord;
  log: Logger;
  /** Disposed of when the host ends. */
  ends: Disposables;
  options: HostOptions;
}

export class Host {
  /** Resolves when it has stopped, whoever asked for it. */
  readonly ended: Promise<void>;
  readonly #parts: HostParts;
  readonly #database: HostDatabase;
  readonly #roles: HostRoles;
  readonly #known: HostFacts = {};
  readonly #end = Promise.withResolvers<void>();
  readonly #startedAt = isoTime(clock.now());
  #invitation: Invitation = noInvitation;
  #ready = false;
  #stopping: Promise<void> | undefined;
  /** Aborted: whoever stops the host does not wait for guests. */
  #impatient = new AbortController();
  /** Roles are changed one change at a time. */
  #changing: Promise<void> = Promise.resolve();

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.ended = this.#end.promise;
    const { paths, config, record, log } = parts;
    this.#roles = new HostRoles((role) => {
      this.#alone(() => this.#removed(role)).catch((error: unknown) =>
        log.error({ error }, `the end of the removed ${role} was not orderly`),
      );
    });
    this.#database = new HostDatabase({
      paths,
      url: config.database?.url,
      founded: record.founded,
      askUrl: (asker) => this.#askDatabaseUrl(asker),
      log,
    });
  }

  async start(): Promise<void> {
    const { ends, paths, options, record, log } = this.#parts;
    const localControl = await serveLocalControl(paths.socket, this.#localControl());
    ends.add(() => void localControl.close());
    ends.use(clock.every(capEveryMs, () => void capFile(paths.outputFile, maxOutputBytes).catch(() => {})));
    ends.use(this.#database);
    ends.add(() => this.#roles.stop(hostRoles));
    options.progress('starting the components');
    this.#invitation = options.join?.invitation ?? noInvitation;
    // The founder's first start must succeed or say why; a host of a larger domain waits for what may come back.
    await this.#roles.start(record.roles, this.#context(), { patient: !record.founded });
    // Roles that were taken out while the host was away are forgotten first.
    await this.#changing;
    const joining = options.join?.roles.filter((role) => !record.roles.includes(role)) ?? [];
    if (record.roles.length + joining.length === 0) throw removedWhileAway();
    await this.#roles.start(joining, this.#context(), { patient: false });
    await this.#keepRoles([...record.roles, ...joining]);
    await keepOptions(paths.config, { listen: options.listen, linkListen: options.linkListen });
    this.#invitation = noInvitation;
    await this.#usable();
    this.#ready = true;
    await this.#tellReady();
    ends.add(() => rm(paths.readyInfo, { force: true }));
    log.info(this.info, 'the host is ready');
  }

  get info(): ReadyInfo {
    const { paths, record } = this.#parts;
    const { listening, domain = '' } = this.#known;
    return {
      ...(listening && { url: localUrl(listening) }),
      ...(record.founded && { username: firstUsername, passwordFile: paths.passwordFile }),
      caFile: paths.caFile,
      host: record.name,
      domain,
      roles: this.#roles.status(),
      pid: process.pid,
      version,
      startedAt: this.#startedAt,
    };
  }

  /** What whoever starts it should know besides. */
  get notes(): string[] {
    const { options, config, record } = this.#parts;
    return startNotes({ typed: options, configured: config, simulated: record.simulated, ...this.#places });
  }

  get #places(): ListenPlaces {
    const { options, config } = this.#parts;
    return listenPlaces(options, config);
  }

  /** Tells systemd, if it has started us. */
  async toldReady(socket: string | undefined): Promise<void> {
    await notifyReady(socket, this.#parts.log);
  }

  get listening(): ListenAddress | undefined {
    return this.#known.listening;
  }

  /** To show once, when this start made the first user. */
  async initialPassword(): Promise<string | undefined> {
    if (!this.#known.firstUser?.created) return undefined;
    return (await readFile(this.#parts.paths.passwordFile, 'utf8')).trim();
  }

  /**
   * Ends the host and leaves instances running, unless they are to be shut down first. A second call joins the first; when it does
   * not ask for instances, nobody waits for them any longer.
   */
  stop({ instances }: OrderOf<'stop'>, progress: Progress): Promise<void> {
    if (!instances) this.#impatient.abort();
    this.#stopping ??= this.#stop(instances, progress);
    return this.#stopping;
  }

  async #stop(instances: boolean, progress: Progress): Promise<void> {
    try {
      const { signal } = this.#impatient;
      if (instances) await this.#known.shutDownInstances?.({ timeoutMs: guestsMs, signal, progress });
    } catch (error) {
      // Instances that do not stop are a reason to stay: they can still be looked at.
      this.#stopping = undefined;
      this.#impatient = new AbortController();
      throw error;
    }
    progress('stopping; instances that run go on');
    await this.#parts.ends[Symbol.asyncDispose]().finally(() => this.#end.resolve());
  }

  #localControl(): LocalControl {
    return {
      info: () => (this.#ready ? this.info : undefined),
      orders: {
        stop: (order, progress) => this.stop(order, progress),
        join: (order, progress) => this.#alone(() => this.#join(order, progress)),
        'database-move': ({ to }, progress) => this.#alone(() => this.#moveDatabase(to, progress)),
      },
    };
  }

  #alone(change: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }

  async #join({ roles, token, dataServers, domainName }: OrderOf<'join'>, progress: Progress): Promise<void> {
    const present = roles.filter((role) => this.#roles.has(role));
    if (present.length > 0)
      throw new PlatformError('in-use', `This host is a ${present.join(' and a ')} already; see \`zhiyun status\`.`);
    this.#invitation = { token, dataServers, domainName };
    try {
      progress(`starting ${roles.join(', ')}`);
      await this.#roles.start(roles, this.#context(), { patient: false });
      await this.#keepRoles([...this.#parts.record.roles, ...roles]);
      await this.#tellReady();
    } finally {
      this.#invitation = noInvitation;
    }
  }

  async #moveDatabase(to: string, progress: Progress): Promise<void> {
    const { paths, config, record, log } = this.#parts;
    if (config.database || !record.founded)
      throw new PlatformError(
        'wrong-state',
        'The database is not private to this host any more; an external database is moved with its own tools.',
      );
    const writers = record.roles.filter((role) => role === 'data-server' || role === 'control-server');
    await moveHostDatabase({
      paths,
      database: this.#database,
      to,
      stopWriters: () => this.#roles.stop(writers),
      startWriters: () => this.#roles.start(writers, this.#context(), { patient: false }),
      progress,
      log,
    });
    config.database = { url: to };
  }

  async #removed(role: HostRole): Promise<void> {
    const { home, record, options, log } = this.#parts;
    const told = `the ${role} of this host was removed from the domain; it ends, and its data stay where they are`;
    log.warn({ role }, told);
    if (!this.#ready) options.progress(told);
    await this.#roles.stop([role]);
    await forgetIdentity(home, role);
    await this.#keepRoles(record.roles.filter((kept) => kept !== role));
    if (!this.#ready) return;
    if (record.roles.length === 0) await this.stop({ instances: false }, () => {});
    else await this.#tellReady();
  }

  async #keepRoles(roles: readonly HostRole[]): Promise<void> {
    const { record, paths } = this.#parts;
    record.roles = hostRoles.filter((role) => roles.includes(role));
    await writeHostRecord(paths.hostRecord, record);
  }

  async #tellReady(): Promise<void> {
    const { paths } = this.#parts;
    const member = this.#roles.anyMember();
    this.#known.domain ??= member?.domain.name ?? '';
    const caCertificate = this.#known.caCertificate ?? member?.caCertificate;
    if (caCertificate !== undefined) await writeFile(paths.caFile, caCertificate, { mode: 0o644 });
    await writeFile(paths.readyInfo, `${JSON.stringify(this.info, null, 2)}\n`, { mode: 0o644 });
  }

  async #usable(): Promise<void> {
    const gateway = this.#roles.member('http-gateway');
    if (!gateway || !this.#roles.has('control-server')) return;
    const { promise: found, resolve } = Promise.withResolvers<void>();
    using _listening = gateway.onPeer(({ peer, state }) => {
      if (peer.type === 'control-server' && state === 'online') resolve();
    });
    if (gateway.onlinePeers('control-server').length === 0) await Promise.race([found, clock.sleep(usableMs)]);
  }

  async #askDatabaseUrl(asker: DatabaseRole): Promise<string> {
    const { url } = await askDataServer(await this.#context().joining(asker), (dataServer) =>
      dataServer.databaseAccess({}),
    );
    return url;
  }

  #context(): HostContext {
    const { home, paths, record, config, options, log } = this.#parts;
    const known = this.#known;
    const logOf = (component: string) => log.child({ component });
    return {
      home,
      paths,
      name: record.name,
      version,
      domainName: options.domainName,
      database: this.#database,
      simulated: record.simulated,
      linkThreadAboveNodes: config.linkThreadAboveNodes,
      guests: { guestUsers: config.guestUsers, afterRestart: config.instancesAfterRestart },
      guestNetwork: { range: config.guestNetwork, refused: config.guestRefusedNetworks },
      proxies: {
        publicUrl: config.publicUrl,
        trustedProxies: config.trustedProxies,
        forwardedHeaders: config.forwardedHeaders,
      },
      listen: this.#places.listen,
      linkHost: this.#places.linkHost,
      clock,
      log: logOf,
      known,
      joining: (type) =>
        joiningOptions(
          type,
          { home, name: record.name, version, known, clock, log: logOf(type), linkHost: this.#places.linkHost },
          this.#invitation,
        ),
    };
  }
}

function removedWhileAway(): PlatformError {
  return new PlatformError(
    'component-removed',
    'The domain has removed this host while it was away. To take part again it needs a token: zhiyun join --token … --role …',
  );
}
