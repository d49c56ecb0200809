/** Leases are judged by the clock of the database: in a slower world it must go slower too. */
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import type { Pace } from './slow-clock.ts';

/** For connections that are opened from here on: they find these functions before PostgreSQL's own. */
export async function slowDatabase({ db }: Store, { slower, originMs }: Pace): Promise<void> {
  const origin = `to_timestamp(${originMs / 1000})`;
  await sql`create schema slower`.execute(db);
  for (const name of ['now', 'clock_timestamp']) {
    await sql
      .raw(
        `create function slower.${name}() returns timestamptz language sql
           ${name === 'now' ? 'stable' : 'volatile'} parallel safe
           return ${origin} + (pg_catalog.${name}() - ${origin}) / ${slower}`,
      )
      .execute(db);
  }
  await sql.raw(`alter database "${await databaseName(db)}" set search_path = slower, pg_catalog, public`).execute(db);
}

async function databaseName(db: Store['db']): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
  return rows[0]?.name ?? '';
}
