/** The store: the one way to the platform's state. */
import { type Backoff, backoffMs, type Logger, systemClock } from '@zhiyun/kernel';
import { type CompiledQuery, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { CommitUnknown, DatabaseLost, wasRefused, worthRepeating } from './connection/database-errors.ts';
import { NotificationListener } from './connection/notification-listener.ts';
import { openConnections } from './connection/open-connections.ts';
import { PrimaryFinder } from './connection/primary-finder.ts';
import type { Database } from './database.ts';

export type Tx = Transaction<Database>;

export interface Store {
  /** Queries outside a transaction. */
  readonly db: Kysely<Database>;
  /**
   * Runs `work` in one transaction (READ COMMITTED). When that was certainly not committed and may work the next time (deadlock,
   * serialization failure, the database away for less than 5 s) it is run again, so it must do nothing but SQL. Throws
   * `CommitUnknown` when nobody knows: then look up what it wrote.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Runs one statement that is a commit of its own: one round trip where `tx` makes two. As `tx` otherwise, but the loss of the
   * connection is `CommitUnknown` from when it was sent.
   */
  single<T>(statement: (db: Kysely<Database>) => Promise<T>): Promise<T>;
  /**
   * Hears `pg_notify` on a channel. A doorbell, not a mailbox: `onReconnect` runs whenever the connection was (re)made, and
   * what was said in between is lost, so both should make the caller read the rows again.
   */
  listen(channel: string, onNotify: (payload: string) => void, onReconnect: () => void): Promise<AsyncDisposable>;
  /** `own`: what this machine has now. Connections from any other address end at once instead of after seconds of waiting. */
  addressesChanged(own: ReadonlySet<string>): void;
  close(): Promise<void>;
}

const maxConflicts = 5;
const conflictBackoff: Backoff = { firstMs: 5, maxMs: 200, jitter: 0.9 };
/** Covers a restart and a planned switch-over. */
const awayMs = 5_000;
const awayBackoff: Backoff = { firstMs: 50, maxMs: 500 };

/**
 * Connects to the primary among the URL's hosts and checks that it is recent enough. Throws `database-unavailable` saying of each
 * host why it is not it.
 */
export async function openStore(options: {
  url: string;
  log: Logger;
  maxConnections?: number;
  /** Sees every statement that was run. */
  onStatement?: (statement: Pick<CompiledQuery, 'sql' | 'parameters'>) => void;
}): Promise<Store> {
  const { url, log, maxConnections = 10, onStatement } = options;
  const finder = new PrimaryFinder(url, log);
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: openConnections({ finder, log, maxConnections }) }),
    ...(onStatement && { log: ({ query }) => onStatement(query) }),
  });
  const listener = new NotificationListener(finder, log);
  let closed = false;
  async function committed<T>(once: () => Promise<T>): Promise<T> {
    const giveUpMs = systemClock.monotonicMs() + awayMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await once();
      } catch (error) {
        const conflict = worthRepeating(error) && attempt < maxConflicts;
        const away = error instanceof DatabaseLost && systemClock.monotonicMs() < giveUpMs;
        if (closed || !(conflict || away)) throw error;
        await systemClock.sleep(backoffMs(conflict ? conflictBackoff : awayBackoff, attempt));
      }
    }
  }
  const store: Store = {
    db,
    tx: (work) => committed(() => transactionOnce(db, work)),
    single: (statement) => committed(() => statementOnce(db, statement)),
    listen: (channel, onNotify, onReconnect) => listener.listen(channel, onNotify, onReconnect),
    addressesChanged: (own) => finder.sockets.keepFrom(own),
    async close() {
      closed = true;
      await listener.close();
      await db.destroy();
    },
  };
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

async function transactionOnce<T>(db: Kysely<Database>, work: (tx: Tx) => Promise<T>): Promise<T> {
  return unknownOnce((commit) =>
    db.transaction().execute(async (tx) => {
      const answer = await work(tx);
      commit();
      return answer;
    }),
  );
}

async function statementOnce<T>(db: Kysely<Database>, statement: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  return unknownOnce((commit) =>
    db.connection().execute((connected) => {
      commit();
      return statement(connected);
    }),
  );
}

/** From its call of `commit` on nobody knows what a lost connection has kept. */
async function unknownOnce<T>(work: (commit: () => void) => Promise<T>): Promise<T> {
  let committing = false;
  try {
    return await work(() => {
      committing = true;
    });
  } catch (error) {
    const isUnknown = committing && error instanceof DatabaseLost && !wasRefused(error);
    throw isUnknown ? new CommitUnknown(error) : error;
  }
}
