/**
 * Connection pool to the primary, for Kysely. Every error passes `translateDatabaseError`; a connection that failed, or
 * whose server is no longer the primary, is discarded. Arrays and objects are sent as JSON (our columns are jsonb); for
 * `= any (…)` use `anyOf`.
 */
import type { Logger } from '@zhiyun/kernel';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { clientSettings, cutOff } from './client-settings.ts';
import { DatabaseLost, planIsStale, translateDatabaseError } from './database-errors.ts';
import type { PrimaryFinder } from './primary-finder.ts';
import type { ServerAddress } from './server-address.ts';
import { StallGuard } from './stall-guard.ts';
import { StatementNames } from './statement-names.ts';

export interface ConnectionOptions {
  finder: PrimaryFinder;
  log: Logger;
  maxConnections: number;
}

const begun = { command: 'BEGIN' as const, rowCount: 0, rows: [] };
const asJson = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : value);

export function openConnections({ finder, log, maxConnections }: ConnectionOptions): PostgresPool {
  const servers = new WeakMap<pg.ClientBase, ServerAddress>();
  const admitted = new WeakSet<pg.Client>();
  const guard = new StallGuard(finder);
  const names = new StatementNames();

  class PrimaryClient extends pg.Client {
    constructor() {
      const server = finder.current;
      super(clientSettings(server, finder.sockets));
      servers.set(this, server);
    }
  }
  const pool = new pg.Pool({
    Client: PrimaryClient,
    max: maxConnections,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
  });
  // Without listeners the loss of an idle connection would end the process. Who needs one and gets none tells of it.
  pool.on('error', (error) => log.debug({ error: error.message }, 'an idle database connection was lost'));
  pool.on('connect', (client) => client.on('error', () => {}));

  function discard(client: pg.PoolClient): void {
    cutOff(client);
    client.release(true);
  }

  const allInUse = (cause: Error) =>
    finder.lost(`All ${maxConnections} connections to the database ${finder.description} stay in use.`, cause);

  async function checkOut(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await pool.connect().catch((error) => {
        throw /^timeout exceeded/.test(error.message) ? allInUse(error) : error;
      });
      try {
        if (!admitted.has(client)) await finder.admit(client);
      } catch (error) {
        discard(client);
        throw error;
      }
      admitted.add(client);
      if (servers.get(client) === finder.current) return client;
      discard(client);
    }
  }

  function wrap(client: pg.PoolClient) {
    const server = servers.get(client) ?? finder.current;
    let lost: DatabaseLost | undefined;
    // A plan made before a migration does not fit after it; the connection with all its plans is thrown away.
    let stale = false;
    return {
      async query(text: string, parameters: readonly unknown[]) {
        if (lost) throw lost;
        if (text === 'begin') {
          // Nobody needs its answer: if it fails, so does the statement that follows on its heels.
          client.query(text).catch(() => {});
          return begun;
        }
        const name = names.nameOf(text);
        const waiting = guard.begin(client, server, text === 'commit');
        try {
          return await client.query({ text, values: parameters.map(asJson), ...(name && { name }) });
        } catch (error) {
          stale ||= planIsStale(error);
          const translated = translateDatabaseError(error, finder.description);
          if (translated instanceof DatabaseLost) lost = translated;
          throw translated;
        } finally {
          guard.end(waiting);
        }
      },
      release: () => (lost ? discard(client) : client.release(stale)),
    };
  }
  return {
    // Kysely's type also knows cursors, which we never open.
    connect: async () => wrap(await finder.reach(checkOut)) as unknown as PostgresPoolClient,
    async end() {
      guard[Symbol.dispose]();
      await pool.end();
    },
    options: pool.options,
  };
}
