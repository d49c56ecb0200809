/** The store: the one way to the platform's state. */
import { backoffMs, type Logger, PlatformError, systemClock } from '@zhiyun/kernel';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { openConnections } from './connections.ts';
import type { Database } from './database.ts';
import { worthRepeating } from './database-errors.ts';
import { NotificationListener } from './notification-listener.ts';

export type Tx = Transaction<Database>;

export interface Store {
  /** Queries outside a transaction. */
  readonly db: Kysely<Database>;
  /**
   * Runs `work` in one transaction (READ COMMITTED). On a deadlock or serialization failure it is run again, up to five
   * times, so it must do nothing but SQL.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Hears `pg_notify` on a channel. A doorbell, not a mailbox: `onReconnect` runs whenever the connection was (re)made, and
   * what was said in between is lost, so both should make the caller read the rows again.
   */
  listen(channel: string, onNotify: (payload: string) => void, onReconnect: () => void): Promise<AsyncDisposable>;
  close(): Promise<void>;
}

const maxRepeats = 5;

/** Connects and checks that the server is recent enough. Throws `database-unavailable`. */
export async function openStore(options: { url: string; log: Logger; maxConnections?: number }): Promise<Store> {
  const pool = openConnections({ url: options.url, log: options.log, maxConnections: options.maxConnections ?? 10 });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const listener = new NotificationListener(options.url, options.log);
  const store: Store = {
    db,
    async tx(work) {
      for (let attempt = 0; ; attempt++) {
        try {
          return await db.transaction().execute(work);
        } catch (error) {
          if (attempt === maxRepeats || !worthRepeating(error)) throw error;
          await systemClock.sleep(backoffMs({ firstMs: 5, maxMs: 200, jitter: 0.9 }, attempt));
        }
      }
    },
    listen: (channel, onNotify, onReconnect) => listener.listen(channel, onNotify, onReconnect),
    async close() {
      await listener.close();
      await db.destroy();
    },
  };
  try {
    await requireVersion(db);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

async function requireVersion(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version_num') as version`.execute(db);
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major < 15)
    throw new PlatformError(
      'database-unavailable',
      `The database is PostgreSQL ${major}; version 15 or later is needed.`,
    );
}
