/**
 * The pool of connections, as Kysely wants it. Every error passes `translateDatabaseError`, so a lost database looks the
 * same wherever it is met. bigint and numeric arrive as numbers: ours stay below 2^53. Arrays, like objects, are sent as
 * JSON (our columns are jsonb); for `= any (…)` write `in (…)`.
 */
import type { Logger } from '@zhiyun/kernel';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { planIsStale, translateDatabaseError } from './database-errors.ts';
import { StatementNames } from './statement-names.ts';

const asNumber = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    asNumber.has(oid) ? Number : pg.types.getTypeParser(oid, format),
};

export interface ConnectionOptions {
  url: string;
  log: Logger;
  maxConnections: number;
}

/** `host/database` of a URL: for messages, without the password. */
export function describeDatabase(url: string): string {
  const { host, database } = new pg.Client({ connectionString: url });
  return `"${database ?? ''}" at ${host}`;
}

export function clientSettings(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    application_name: 'zhiyun',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // A statement is sent without waiting for the answer to the one before it.
    pipeline: true,
    // A statement that hangs (a synchronous standby is gone) must not hold its caller for ever.
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  };
}

const noRows = { command: 'BEGIN' as const, rowCount: 0, rows: [] };
const asJson = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : value);

export function openConnections(options: ConnectionOptions): PostgresPool {
  const database = describeDatabase(options.url);
  const pool = new pg.Pool({ ...clientSettings(options.url), max: options.maxConnections, idleTimeoutMillis: 30_000 });
  // Without listeners the loss of an idle connection would end the process.
  pool.on('error', (error) => options.log.warn({ error: error.message }, 'an idle database connection was lost'));
  pool.on('connect', (client) => client.on('error', () => {}));

  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw translateDatabaseError(error, database);
    }
  };
  const names = new StatementNames();
  const wrap = (client: pg.PoolClient) => {
    // A plan made before a migration does not fit after it; the connection with all its plans is thrown away.
    let stale = false;
    const send = async (text: string, parameters: readonly unknown[]) => {
      const name = names.nameOf(text);
      try {
        return await client.query({ text, values: parameters.map(asJson), ...(name && { name }) });
      } catch (error) {
        stale ||= planIsStale(error);
        throw error;
      }
    };
    return {
      query(text: string, parameters: readonly unknown[]) {
        if (text !== 'begin') return translated(() => send(text, parameters));
        // Nobody needs its answer: if it fails, so does the statement that follows on its heels.
        client.query(text).catch(() => {});
        return Promise.resolve(noRows);
      },
      release: () => client.release(stale),
    };
  };
  return {
    // Kysely's type also knows cursors, which we never open.
    connect: async () => wrap(await translated(() => pool.connect())) as unknown as PostgresPoolClient,
    end: () => pool.end(),
    options: pool.options,
  };
}
