/**
 * The whole platform in one process, for tests of the console and for its development: the real Data Servers, Control Servers,
 * Storage Servers and gateways, joined by real links on loopback; only the machines of the nodes are simulated.
 */
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { componentTypes } from '@zhiyun/contracts/links';
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { Disposables, type Logger, silentLogger, systemClock } from '@zhiyun/kernel';
import type { SimulatedPace } from '@zhiyun/node-client';
import { openStore, type Store } from '@zhiyun/store';
import { createTestDatabase } from '@zhiyun/testkit';
import type { StartControlServer } from './control-server-place.ts';
import { DataServers } from './data-servers.ts';
import { Door } from './door.ts';
import { Gate } from './gate.ts';
import { insecureFetch } from './insecure-fetch.ts';
import { type ServerRole, SimulatedServer } from './server.ts';

export type WorldRole = ServerRole | 'data-server';

/** Servers by name with what they do. The first has a Data Server, a Control Server and a gateway at least. */
export type WorldPlan = Readonly<Record<string, readonly WorldRole[]>>;

export interface WorldOptions {
  /** Of a server with the migrated template database (testkit). */
  postgresUrl: string;
  /** The built console that the gateways serve. */
  consoleDirectory: string;
  servers: WorldPlan;
  /** By the nodes' clock, of which 30 s are one of ours. */
  pace?: Partial<SimulatedPace>;
  /** Where browsers reach the platform, when there is a server of another in between. */
  publicUrl?: string;
  /** Brings the Control Servers to life. Default: in this process. */
  startControlServer?: StartControlServer;
  log?: Logger;
}

export interface World extends AsyncDisposable {
  /** Of the console and of REST. */
  readonly url: string;
  readonly store: Store;
  readonly directory: string;
  /** Of the user `admin`. */
  readonly password: string;
  readonly admin: RestClient;
  readonly adminToken: string;
  /** Holds the work of nodes and Storage Servers. */
  readonly gate: Gate;
  /** Between the browser and the gateway. */
  readonly door: Door;
  server(name: string): SimulatedServer;
  /** The component says goodbye and is gone, until it comes back. */
  leave(server: string, role: WorldRole): Promise<void>;
  comeBack(server: string, role: WorldRole): Promise<void>;
  /** A new server, by a token that somebody has made. */
  join(server: string, token: string, roles: readonly ServerRole[]): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const ends = new Disposables();
  try {
    return await begin(options, ends);
  } catch (error) {
    await ends[Symbol.asyncDispose]();
    throw error;
  }
}

async function begin(options: WorldOptions, ends: Disposables): Promise<World> {
  const {
    servers: plan,
    consoleDirectory,
    pace = { launchMs: 1_500, shutdownMs: 1_500 },
    log = silentLogger,
  } = options;
  const clock = systemClock;
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-world-'));
  ends.add(() => rm(directory, { recursive: true, force: true }));
  const database = await createTestDatabase(options.postgresUrl);
  ends.add(async () => database[Symbol.asyncDispose]());
  const store = await openStore({ url: database.url, log, maxConnections: 2 });
  ends.add(() => store.close());

  const dataServers = new DataServers({ directory, databaseUrl: database.url, clock, log });
  ends.use(dataServers);
  const names = Object.keys(plan);
  for (const name of names) if (plan[name]?.includes('data-server')) await dataServers.start(name);
  const gate = new Gate();
  const servers = new Map<string, SimulatedServer>();
  const addServer = (name: string) => {
    const { publicUrl } = options;
    const around = { ...{ directory, consoleDirectory, publicUrl, gate, pace, clock, log }, databaseUrl: database.url };
    const server = new SimulatedServer(name, { ...around, dataServers: dataServers.addresses });
    servers.set(name, server);
    ends.use(server);
    return server;
  };
  const components = Object.entries(plan).flatMap(([name, roles]) => {
    const server = addServer(name);
    return roles.filter((role) => role !== 'data-server').map((role) => ({ server, role }));
  });
  // Used up by them, so that no list shows it.
  const token = await dataServers.createJoinToken(componentTypes, components.length);
  // The first Control Server makes the first user.
  const isControl = ({ role }: { role: ServerRole }) => role === 'control-server';
  for (const { server, role } of components.filter(isControl)) {
    if (options.startControlServer === undefined) {
      await server.start(role, token);
      continue;
    }
    const { name, home, passwordFile } = server;
    const isThere = () => access(passwordFile).then(() => true);
    const place = { name, home, databaseUrl: database.url, dataServers: dataServers.addresses, token, isThere };
    ends.add(await options.startControlServer(place));
  }
  await Promise.all(components.filter((each) => !isControl(each)).map(({ server, role }) => server.start(role, token)));

  const server = (name: string) => {
    const found = servers.get(name);
    if (!found) throw new Error(`There is no server "${name}" in this world`);
    return found;
  };
  const first = server(names[0] ?? '');
  const door = ends.use(await Door.to(first.gatewayPort));
  const url = `https://127.0.0.1:${door.port}`;
  const password = (await readFile(first.passwordFile, 'utf8')).trim();
  await store.db.updateTable('app_user').set({ must_change_password: false }).execute();
  const direct = `https://127.0.0.1:${first.gatewayPort}`;
  const client = (bearer?: string) => createRestClient({ baseUrl: direct, token: () => bearer, fetch: insecureFetch });
  const { token: bearer } = await client().createSession({ body: { username: 'admin', password } });

  return {
    ...{ url, store, directory, password, gate, door, server },
    admin: client(bearer),
    adminToken: bearer,
    leave: (name, role) => (role === 'data-server' ? dataServers.stop(name) : server(name).stop(role)),
    comeBack: (name, role) => (role === 'data-server' ? dataServers.start(name) : server(name).start(role)),
    async join(name, secret, roles) {
      const joining = servers.get(name) ?? addServer(name);
      for (const role of roles) await joining.start(role, secret);
    },
    [Symbol.asyncDispose]: () => ends[Symbol.asyncDispose](),
  };
}
