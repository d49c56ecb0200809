/**
 * The All-in-One: every server component in one process, each a member of the domain with an identity, a certificate and
 * links of its own, as if it were on a machine of its own. So growing to a second machine changes nothing here.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';
import { type ControlServer, createControlServer, firstUsername } from '@zhiyun/control-server';
import { createDataServer } from '@zhiyun/data-server';
import { createHttpGateway } from '@zhiyun/http-gateway';
import { Disposables, isoTime, type Logger, systemClock } from '@zhiyun/kernel';
import { joinDomain, type Member } from '@zhiyun/link';
import {
  createNodeClient,
  createQemuHypervisor,
  createSimulatedHypervisor,
  HelperStarter,
  type Hypervisor,
  type ProcessStarter,
} from '@zhiyun/node-client';
import { type Component, type Config, createLogger, type Home, lockHome, openHome, readConfig } from '@zhiyun/service';
import { createStorageServer } from '@zhiyun/storage-server';
import { keepPrivatePostgres, migrate, openStore, type Store } from '@zhiyun/store';
import { homePaths } from './home-paths.ts';
import { defaultListen, type ListenAddress, localUrl, parseListen } from './listen-address.ts';
import { serveLocalControl } from './local-control.ts';
import type { ReadyInfo } from './ready-info.ts';
import { version } from './version.ts';

const clock = systemClock;
const joinTokenSeconds = 600;
const consoleDirectory = resolve(import.meta.dirname, '../../web-terminal/dist');

export interface Platform {
  readonly info: ReadyInfo;
  readonly listen: ListenAddress;
  /** Set only when this start made the first user. */
  readonly initialPassword: string | undefined;
  /** Resolves when it has stopped, whoever asked for it. */
  readonly ended: Promise<void>;
  /** Stops the platform and leaves instances running, unless they are to be shut down first. A second call joins the first. */
  stop(options: { instances: boolean }, progress: (line: string) => void): Promise<void>;
}

export interface PlatformOptions {
  home: string;
  /** Default: the configuration's, else 0.0.0.0:8443. */
  listen: ListenAddress | undefined;
  /** Instances are only pretended: for trying the platform without QEMU, and for scale. */
  simulated: boolean;
  progress: (line: string) => void;
}

async function openDatabase(
  config: Config,
  paths: ReturnType<typeof homePaths>,
  log: Logger,
  ends: Disposables,
): Promise<Store> {
  let url = config.database?.url;
  if (url === undefined) {
    const postgres = await keepPrivatePostgres({ directory: paths.postgres, log });
    ends.add(() => postgres.stop());
    url = postgres.url;
  }
  const store = await openStore({ url, log });
  ends.add(() => store.close());
  await migrate(store);
  return store;
}

/** Makes the members of one process join by the same door as those of any other machine. */
async function joiner(
  home: Home,
  store: Store,
  log: Logger,
  ends: Disposables,
): Promise<{ join: (type: ComponentType) => Promise<Member>; caCertificate: string }> {
  const dataServer = await createDataServer({
    store,
    home: home.directory,
    name: hostname(),
    listen: { host: '127.0.0.1', port: 0 },
    clock,
    log: log.child({ component: 'data-server' }),
  });
  ends.add(() => dataServer.stop());
  await dataServer.start();
  const token = await dataServer.createJoinToken({ roles: componentTypes, expiresInSeconds: joinTokenSeconds });
  const join = (type: ComponentType) =>
    joinDomain({
      home: home.directory,
      type,
      name: hostname(),
      dataServers: [dataServer.address],
      token,
      clock,
      log: log.child({ component: type }),
    });
  return { join, caCertificate: dataServer.caCertificate };
}

async function openHypervisor(
  options: PlatformOptions,
  paths: ReturnType<typeof homePaths>,
  starter: ProcessStarter,
  log: Logger,
): Promise<Hypervisor> {
  if (options.simulated) return createSimulatedHypervisor();
  return createQemuHypervisor({ probeCacheFile: paths.accelerator, starter, log });
}

/** To show once, when this start made the first user. */
async function initialPassword({ firstUser }: ControlServer, passwordFile: string): Promise<string | undefined> {
  return firstUser?.created ? (await readFile(passwordFile, 'utf8')).trim() : undefined;
}

interface Started {
  control: ControlServer;
  listen: ListenAddress;
  initialPassword: string | undefined;
}

async function startComponents(
  home: Home,
  config: Config,
  options: PlatformOptions,
  log: Logger,
  ends: Disposables,
): Promise<Started> {
  const paths = homePaths(home.directory);
  options.progress('starting the database');
  const store = await openDatabase(config, paths, log, ends);
  options.progress('starting the components');
  const { join, caCertificate } = await joiner(home, store, log, ends);
  await writeFile(paths.caFile, caCertificate, { mode: 0o644 });
  const logOf = (component: ComponentType) => log.child({ component });
  const run = async (component: Component) => {
    ends.add(() => component.stop());
    await component.start();
  };

  const [controlMember, storageMember, nodeMember, gatewayMember] = await Promise.all([
    join('control-server'),
    join('storage-server'),
    join('node-client'),
    join('http-gateway'),
  ]);
  const control = await createControlServer({
    store,
    member: controlMember,
    passwordFile: paths.passwordFile,
    version,
    clock,
    log: logOf('control-server'),
  });
  await run(control);

  const storage = await createStorageServer({
    member: storageMember,
    home: home.directory,
    clock,
    log: logOf('storage-server'),
  });
  await run(storage);

  // This process holds much memory and must not fork.
  const starter = ends.use(new HelperStarter());
  const hypervisor = await openHypervisor(options, paths, starter, logOf('node-client'));
  ends.use(hypervisor);
  const node = await createNodeClient({
    member: nodeMember,
    home: home.directory,
    hypervisor,
    starter,
    clock,
    log: logOf('node-client'),
  });
  await run(node);

  const wanted = options.listen ?? (config.listen === undefined ? defaultListen : parseListen(config.listen));
  const gateway = createHttpGateway({
    member: gatewayMember,
    listen: wanted,
    consoleDirectory,
    clock,
    log: logOf('http-gateway'),
  });
  ends.add(() => gateway.stop());
  const { port } = await gateway.start();
  return { control, listen: { ...wanted, port }, initialPassword: await initialPassword(control, paths.passwordFile) };
}

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const home = await openHome(options.home);
  const ends = new Disposables();
  let info: ReadyInfo | undefined;
  let control: ControlServer | undefined;
  let stopping: Promise<void> | undefined;
  const ended = Promise.withResolvers<void>();

  const stop: Platform['stop'] = ({ instances }, progress) => {
    stopping ??= (async () => {
      if (instances) await control?.shutDownInstances(progress);
      progress('stopping the platform; instances that run go on');
      await ends[Symbol.asyncDispose]();
    })().finally(() => ended.resolve());
    return stopping;
  };

  try {
    ends.use(await lockHome(home.directory));
    const config = await readConfig(home.directory);
    const paths = homePaths(home.directory);
    const log = createLogger({ level: config.log.level, file: paths.logFile });
    const localControl = await serveLocalControl(paths.socket, { info: () => info, stop });
    ends.add(() => void localControl.close());
    const started = await startComponents(home, config, options, log, ends);
    control = started.control;
    info = {
      url: localUrl(started.listen),
      username: firstUsername,
      passwordFile: paths.passwordFile,
      caFile: paths.caFile,
      pid: process.pid,
      version,
      startedAt: isoTime(clock.now()),
    };
    await writeFile(paths.readyInfo, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o644 });
    ends.add(() => rm(paths.readyInfo, { force: true }));
    log.info({ url: info.url }, 'the platform is ready');
    return { info, listen: started.listen, initialPassword: started.initialPassword, ended: ended.promise, stop };
  } catch (error) {
    await ends[Symbol.asyncDispose]();
    throw error;
  }
}
