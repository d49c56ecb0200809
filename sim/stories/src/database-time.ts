/** Leases are judged by the clock of the database: in a story it shows the story's time. */
import { silentLogger } from '@zhiyun/kernel';
import { openStore, type Store } from '@zhiyun/store';
import { sql } from 'kysely';

/** For connections that are opened from here on: they find these functions before PostgreSQL's own. */
export async function virtualizeDatabaseTime(url: string): Promise<void> {
  const first = await openStore({ url, log: silentLogger, maxConnections: 1 });
  try {
    await sql`create schema story`.execute(first.db);
    await sql`create unlogged table story.time as select pg_catalog.now() as at`.execute(first.db);
    for (const [name, kind] of [
      ['now', 'stable'],
      ['clock_timestamp', 'volatile'],
    ])
      await sql
        .raw(
          `create function story.${name}() returns timestamptz language sql ${kind} return (select at from story.time)`,
        )
        .execute(first.db);
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(first.db);
    await sql.raw(`alter database "${rows[0]?.name}" set search_path = story, pg_catalog, public`).execute(first.db);
  } finally {
    await first.close();
  }
}

export async function setDatabaseTime({ db }: Store, epochMs: number): Promise<void> {
  await sql`update story.time set at = to_timestamp(${epochMs / 1000})`.execute(db);
}
