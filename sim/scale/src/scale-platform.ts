/** A whole platform for one run: PostgreSQL, Data Server, Control Server and Gateway, each a process, and nodes in a few. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transientStates } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { Disposables, silentLogger } from '@zhiyun/kernel';
import { insecureFetch } from '@zhiyun/sim-world';
import { migrate, openStore, type Store, startPrivatePostgres } from '@zhiyun/store';
import { sql } from 'kysely';
import { CoreLimit } from './core-limit.ts';
import { familyCpuMs, familyOf } from './cpu-time.ts';
import { RoleProcess } from './role-process.ts';
import { seed } from './seed.ts';
import { type Pace, type SlowClock, slowClock } from './slow-clock.ts';
import { slowDatabase } from './slow-database.ts';

export interface ScaleOptions {
  nodes: number;
  /** On each node from the start. */
  instances: number;
  /** Processes that the nodes are spread over. */
  nodeProcesses: number;
  /** What a simulated machine takes to start. */
  launchMs: number;
  /** A directory for CPU profiles of all processes, one file for each and each part of the run. */
  profileTo?: string | undefined;
  pace: Pace;
  /** That the platform has, of its world; without: all there are, with the nodes. */
  cores?: number | undefined;
}

/** A process of Node.js has one thread for its work: where a second lasts longer, that thread must not do more in it. */
const threadCores = 1;

export class ScalePlatform implements AsyncDisposable {
  readonly #options: ScaleOptions;
  readonly #directory: string;
  readonly #ends: Disposables;
  readonly #dataServer: { address: LinkAddress; token: string };
  #limit: CoreLimit | undefined;
  readonly databaseUrl: string;
  readonly store: Store;
  readonly data: RoleProcess;
  readonly nodes: readonly RoleProcess[];
  control: RoleProcess;
  gateway: RoleProcess | undefined;
  url = '';
  token = '';

  private constructor(parts: {
    options: ScaleOptions;
    directory: string;
    ends: Disposables;
    databaseUrl: string;
    store: Store;
    data: RoleProcess;
    dataServer: { address: LinkAddress; token: string };
  }) {
    this.#options = parts.options;
    this.#directory = parts.directory;
    this.#ends = parts.ends;
    this.#dataServer = parts.dataServer;
    this.databaseUrl = parts.databaseUrl;
    this.store = parts.store;
    this.data = parts.data;
    this.control = this.#newControl();
    this.nodes = Array.from({ length: parts.options.nodeProcesses }, (_, index) =>
      this.#ends.use(new RoleProcess(`nodes-${index}`, parts.options.pace)),
    );
  }

  /** Everything but the nodes is up; they are known to the database and offline. */
  static async start(options: ScaleOptions): Promise<ScalePlatform> {
    const ends = new Disposables();
    try {
      const directory = await mkdtemp(join(tmpdir(), 'zhiyun-scale-'));
      ends.add(() => rm(directory, { recursive: true, force: true }));
      // PostgreSQL, as its own user, must pass through.
      await chmod(directory, 0o711);
      const postgres = await startPrivatePostgres({ directory: join(directory, 'postgres'), log: silentLogger });
      ends.add(() => postgres.stop());
      const store = await openStore({ url: postgres.url, log: silentLogger, maxConnections: 2 });
      ends.add(() => store.close());
      await migrate(store);
      if (options.pace.slower !== 1) await slowDatabase(store, options.pace);
      const data = ends.use(new RoleProcess('data', options.pace));
      const dataServer = await data.ask({ kind: 'data', home: join(directory, 'data'), databaseUrl: postgres.url });
      const homes = join(directory, 'nodes');
      await seed({ store, homes, nodes: options.nodes, instances: options.instances });
      const platform = new ScalePlatform({
        ...{ options, directory, ends, store, data, dataServer },
        databaseUrl: postgres.url,
      });
      await platform.#limitCores();
      await platform.#startFront();
      return platform;
    } catch (error) {
      await ends[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Of the world that is measured: every figure is taken by it. */
  get clock(): SlowClock {
    return slowClock(this.#options.pace);
  }

  get client(): RestClient {
    return createRestClient({ baseUrl: this.url, token: () => this.token, fetch: insecureFetch });
  }

  get profileTo(): string | undefined {
    return this.#options.profileTo;
  }

  /** All processes by name, for their figures. */
  get processes(): ReadonlyMap<string, RoleProcess> {
    return new Map([
      ['data', this.data],
      ['control', this.control],
      ...(this.gateway ? [['gateway', this.gateway] as const] : []),
      ...this.nodes.map((process, index) => [`nodes-${index}`, process] as const),
    ]);
  }

  /** CPU time of PostgreSQL's processes so far, those that have ended included. */
  async postgresCpuMs(): Promise<number> {
    return familyCpuMs(await this.#postgresPid());
  }

  /** Resolves when every node has said hello to the Data Server. */
  async startNodes(): Promise<void> {
    const { nodes, nodeProcesses, instances, launchMs } = this.#options;
    const share = Math.ceil(nodes / nodeProcesses);
    await Promise.all(
      this.nodes.map((process, index) =>
        process.ask({
          kind: 'nodes',
          homes: join(this.#directory, 'nodes'),
          first: index * share,
          count: Math.min(share, nodes - index * share),
          ...{ instances, launchMs },
          dataServer: this.#dataServer.address,
        }),
      ),
    );
  }

  /** The Control Server is dead, and a process is there to take its place. */
  async killControl(): Promise<void> {
    await this.control.kill();
    this.control = this.#newControl();
  }

  /** Resolves when it answers. Answers the file with the first password. */
  async startControl(): Promise<string> {
    const databaseUrl = this.databaseUrl;
    await this.#limit?.add('control', [await this.control.pid()], threadCores / this.#options.pace.slower);
    const { passwordFile } = await this.control.ask({ kind: 'control', databaseUrl, ...this.#member('control') });
    return passwordFile;
  }

  /** `tell` hears now and then how many there are. */
  async untilOnline(count: number, timeoutMs: number, tell: (online: number) => void): Promise<void> {
    let toldAt = 0;
    await until(this.clock, timeoutMs, async () => {
      const { online } = await this.store.db
        .selectFrom('node')
        .select((eb) => eb.fn.countAll<number>().as('online'))
        .where('state', '=', 'online')
        .executeTakeFirstOrThrow();
      if (this.clock.monotonicMs() - toldAt > 10_000) {
        toldAt = this.clock.monotonicMs();
        tell(online);
      }
      return online >= count ? undefined : `only ${online} of ${count} nodes are online`;
    });
  }

  /**
   * The rows that came with the nodes are vacuumed. PostgreSQL would do so within the next minute by itself, at its own pace: in a
   * slowed world that is many times too fast, and would take its share of what is measured next.
   */
  async vacuum(): Promise<void> {
    await sql`vacuum (analyze)`.execute(this.store.db);
  }

  /** Until the Control Server, started again, has taken the inventory of every node, and every instance shows what it is. */
  async untilReconciled(count: number, timeoutMs: number): Promise<void> {
    await until(this.clock, timeoutMs, async () => {
      const { heard, unsettled } = await this.store.db
        .selectNoFrom((eb) => [
          eb
            .selectFrom('node_hearing')
            .innerJoin('node', 'node.id', 'node_hearing.node_id')
            .select((each) => each.fn.countAll<number>().as('count'))
            .where('node.state', '=', 'online')
            .where('node_hearing.state', '=', 'online')
            .as('heard'),
          eb
            .selectFrom('instance')
            .select((each) => each.fn.countAll<number>().as('count'))
            .where('state', 'in', [...transientStates, 'unknown'])
            .as('unsettled'),
        ])
        .executeTakeFirstOrThrow();
      if ((heard ?? 0) >= count && unsettled === 0) return undefined;
      return `only ${heard} of ${count} nodes are heard, ${unsettled} instances are not settled`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends[Symbol.asyncDispose]();
  }

  async #postgresPid(): Promise<number> {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(this.store.db);
    return rows[0]?.pid ?? 0;
  }

  async #limitCores(): Promise<void> {
    const { cores, pace } = this.#options;
    if (cores === undefined) return;
    this.#limit = this.#ends.use(await CoreLimit.create(cores / pace.slower));
    await this.#limit.add('postgres', familyOf(await this.#postgresPid()));
    await this.#limit.add('data', [await this.data.pid()], threadCores / pace.slower);
  }

  #newControl(): RoleProcess {
    return this.#ends.use(new RoleProcess('control', this.#options.pace));
  }

  async #startFront(): Promise<void> {
    const passwordFile = await this.startControl();
    this.gateway = this.#ends.use(new RoleProcess('gateway', this.#options.pace));
    await this.#limit?.add('gateway', [await this.gateway.pid()], threadCores / this.#options.pace.slower);
    const { port } = await this.gateway.ask({ kind: 'gateway', ...this.#member('gateway') });
    this.url = `https://127.0.0.1:${port}`;
    const password = (await readFile(passwordFile, 'utf8')).trim();
    this.token = (await this.client.createSession({ body: { username: 'admin', password } })).token;
  }

  #member(name: string): { home: string; dataServer: LinkAddress; token: string } {
    const { address, token } = this.#dataServer;
    return { home: join(this.#directory, name), dataServer: address, token };
  }
}

/** Looking costs the platform's database something, too. */
const pollMs = 250;

/** `lacking` says what is still missing. Throws it after `timeoutMs`. */
async function until(clock: SlowClock, timeoutMs: number, lacking: () => Promise<string | undefined>): Promise<void> {
  const deadline = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const missing = await lacking();
    if (missing === undefined) return;
    if (clock.monotonicMs() > deadline) throw new Error(missing);
    await clock.sleep(pollMs);
  }
}
