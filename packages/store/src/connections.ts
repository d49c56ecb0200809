/**
 * The pool of connections, as Kysely wants it. Every error passes `translateDatabaseError`, so a lost database looks the
 * same wherever it is met. bigint and numeric arrive as numbers: ours stay below 2^53. Arrays, like objects, are sent as
 * JSON (our columns are jsonb); for `= any (…)` write `in (…)`.
 */
import type { Logger } from '@zhiyun/kernel';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { translateDatabaseError } from './database-errors.ts';

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
    // A statement that hangs (a synchronous standby is gone) must not hold its caller for ever.
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  };
}

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
  const wrap = (client: pg.PoolClient) => ({
    query: (text: string, parameters: readonly unknown[]) =>
      translated(() => client.query(text, parameters.map(asJson))),
    release: () => client.release(),
  });
  return {
    // Kysely's type also knows cursors, which we never open.
    connect: async () => wrap(await translated(() => pool.connect())) as unknown as PostgresPoolClient,
    end: () => pool.end(),
    options: pool.options,
  };
}
