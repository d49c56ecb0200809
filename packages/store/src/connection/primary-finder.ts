/**
 * Finds the primary among a database's servers. The last one is trusted until it fails; then all are asked in parallel
 * and the newest timeline wins. Concurrent failures share one search (single-flight). Loss and return of the database
 * are logged here, once each.
 */
import { type Logger, systemClock } from '@zhiyun/kernel';
import pg from 'pg';
import { activeBackends, admitPrimary, answerWithinMs, Refusal } from './admit-primary.ts';
import { clientSettings, cutOff } from './client-settings.ts';
import { DatabaseLost, isFull, reasonOf } from './database-errors.ts';
import { OpenSockets } from './open-sockets.ts';
import { describeDatabase, type ServerAddress, serverAddresses } from './server-address.ts';

/** After one primary answered, how long the others may claim a newer timeline. */
const rivalsMs = 250;

export class PrimaryFinder {
  readonly #servers: readonly ServerAddress[];
  readonly #log: Logger;
  /** `"name" at host:port, host:port`. */
  readonly description: string;
  /** Sockets of every connection. */
  readonly sockets = new OpenSockets();
  #current: ServerAddress;
  #newestTimeline = 0;
  #search: Promise<void> | undefined;
  /** After `found`: `lost` from the first failed search to the next success. */
  #state: 'never found' | 'found' | 'lost' = 'never found';

  constructor(url: string, log: Logger) {
    this.#log = log;
    this.#servers = serverAddresses(url);
    this.description = describeDatabase(this.#servers);
    const [first] = this.#servers;
    if (!first) throw new Error('an address without a host');
    this.#current = first;
  }

  /** The server that connections go to. */
  get current(): ServerAddress {
    return this.#current;
  }

  /** Throws `Refusal` when the connected server is not the primary. */
  async admit(client: pg.Client): Promise<void> {
    const timeline = await admitPrimary(client, this.#servers.length > 1 ? this.#newestTimeline : undefined);
    this.#newestTimeline = Math.max(this.#newestTimeline, timeline);
    if (this.#state === 'lost') this.#log.info({}, `the database ${this.description} answers again`);
    this.#state = 'found';
  }

  /** Logs only the first such failure since the last successful connection. */
  lost(detail: string, cause: unknown): DatabaseLost {
    if (this.#state === 'found') this.#log.warn({}, `${detail} It is tried again until it answers.`);
    if (this.#state !== 'never found') this.#state = 'lost';
    return new DatabaseLost(detail, cause);
  }

  /**
   * Opens a connection to the primary outside any pool. Throws `database-unavailable` with the reason for each server.
   */
  connect(): Promise<pg.Client> {
    return this.reach(() => this.#connectTo(this.#current));
  }

  /**
   * Runs `attempt` on the current primary; on failure searches for the primary and retries once. A `DatabaseLost` from
   * `attempt` is not blamed on the server.
   */
  async reach<T>(attempt: () => Promise<T>): Promise<T> {
    const tried = this.#current;
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof DatabaseLost) throw error;
      if (this.#servers.length === 1) throw this.#noPrimary(new Map([[tried, error]]));
    }
    await this.#find();
    const found = this.#current;
    try {
      return await attempt();
    } catch (error) {
      throw error instanceof DatabaseLost ? error : this.#noPrimary(new Map([[found, error]]));
    }
  }

  /**
   * Which of these backends are working for us on a server that does not answer? `undefined`: unresponsive or no
   * primary any more. A server out of connections counts as alive: all are trusted.
   */
  async workingBackends(server: ServerAddress, backends: readonly number[]): Promise<ReadonlySet<number> | undefined> {
    try {
      const client = await this.#connectTo(server);
      try {
        return await activeBackends(client, backends);
      } finally {
        cutOff(client);
      }
    } catch (error) {
      return error instanceof Refusal && isFull(error.cause) ? new Set(backends) : undefined;
    }
  }

  #find(): Promise<void> {
    this.#search ??= this.#askAll().finally(() => {
      this.#search = undefined;
    });
    return this.#search;
  }

  async #askAll(): Promise<void> {
    const refusals = new Map<ServerAddress, unknown>();
    const primaries: { server: ServerAddress; timeline: number }[] = [];
    const answered = Promise.withResolvers<void>();
    const asked = this.#servers.map(async (server) => {
      try {
        const client = await connectTo(server, this.sockets);
        const timeline = await admitPrimary(client, this.#newestTimeline).finally(() => cutOff(client));
        primaries.push({ server, timeline });
        answered.resolve();
      } catch (error) {
        refusals.set(server, error);
      }
    });
    await Promise.race([Promise.all(asked), answered.promise.then(() => systemClock.sleep(rivalsMs))]);
    const newest = primaries.toSorted((a, b) => b.timeline - a.timeline)[0];
    if (!newest) throw this.#noPrimary(refusals);
    this.#current = newest.server;
    this.#newestTimeline = Math.max(this.#newestTimeline, newest.timeline);
  }

  async #connectTo(server: ServerAddress): Promise<pg.Client> {
    const client = await connectTo(server, this.sockets);
    try {
      await this.admit(client);
      return client;
    } catch (error) {
      cutOff(client);
      throw error;
    }
  }

  #noPrimary(refusals: ReadonlyMap<ServerAddress, unknown>): DatabaseLost {
    const whys = [...refusals].map(([server, error]) => `${server.name} ${whyOf(error)}`).join('; ');
    const cause = [...refusals.values()][0];
    return this.lost(`The database ${this.description} cannot be reached: ${whys}.`, cause);
  }
}

function whyOf(error: unknown): string {
  return error instanceof Refusal ? error.message : `refused the connection (${reasonOf(error)})`;
}

async function connectTo(server: ServerAddress, sockets: OpenSockets): Promise<pg.Client> {
  const client = new pg.Client({ ...clientSettings(server, sockets), connectionTimeoutMillis: answerWithinMs });
  // Without a listener the loss of the connection would end the process; whoever uses it sees the loss anyway.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    cutOff(client);
    throw new Refusal(`refused the connection (${reasonOf(error)})`, error);
  }
}
