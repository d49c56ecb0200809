/** The store: the only access to the platform's state in PostgreSQL. */
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
   * Runs `work` in one transaction (READ COMMITTED). Retries when it was certainly not committed and may succeed
   * (deadlock, serialization failure, database away for less than 5 s), so `work` must do nothing but SQL. Throws
   * `CommitUnknown` when the outcome is unknown: then look up what it wrote.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Runs one auto-committed statement: one round trip where `tx` makes two. Otherwise as `tx`, but a lost connection is
   * `CommitUnknown` from the moment it was sent.
   */
  single<T>(statement: (db: Kysely<Database>) => Promise<T>): Promise<T>;
  /**
   * Subscribes to a channel (LISTEN). Notifications are a doorbell, not a queue: those sent while disconnected are
   * lost, so re-read the rows on `onReconnect` as well.
   */
  listen(channel: string, onNotify: (payload: string) => void, onReconnect: () => void): Promise<AsyncDisposable>;
  /**
   * `own`: the machine's present addresses. Connections from any other one are closed at once instead of timing out.
   */
  addressesChanged(own: ReadonlySet<string>): void;
  close(): Promise<void>;
}

const maxConflicts = 5;
const conflictBackoff: Backoff = { firstMs: 5, maxMs: 200, jitter: 0.9 };
/** Retry period: covers a restart and a planned switchover. */
const awayMs = 5_000;
const awayBackoff: Backoff = { firstMs: 50, maxMs: 500 };

/**
 * Connects to the primary among the URL's hosts and checks its version. Throws `database-unavailable` with the reason
 * for each host.
 */
export async function openStore(options: {
  url: string;
  log: Logger;
  maxConnections?: number;
  /** Observes every executed statement. */
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

/** After `commit` was called, a lost connection makes the outcome unknown. */
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
