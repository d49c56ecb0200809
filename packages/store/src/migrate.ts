/**
 * Numbered migrations: `migrations/NNNN-name.sql`, each applied once in a transaction of its own. A migration that was
 * applied is never edited (its checksum is kept); a database from a newer version of the platform is refused.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { PlatformError } from '@zhiyun/kernel';
import { sql } from 'kysely';
import type { Store, Tx } from './open-store.ts';

export interface Migration {
  number: number;
  name: string;
  text: string;
  checksum: string;
}

const migrationsDirectory = new URL('../migrations/', import.meta.url);
/** Any constant: one migrator at a time. */
const lockKey = 7_235_419;

export async function readMigrations(directory: URL = migrationsDirectory): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  const migrations = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, directory), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { number: Number(file.slice(0, 4)), name: file.slice(5, -4), text, checksum };
    }),
  );
  const repeated = migrations.find((migration, index) => migrations[index - 1]?.number === migration.number);
  if (repeated) throw new Error(`Two migrations have the number ${repeated.number}.`);
  return migrations;
}

/** Brings the schema up to date; answers the names of what it applied. Safe to call from several processes at once. */
export async function migrate(store: Store, migrations?: readonly Migration[]): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations());
  if ((await pending(store, wanted)).length === 0) return [];
  const applied: string[] = [];
  for (const migration of wanted) {
    const isNew = await store.tx(async (tx) => {
      await sql`select pg_advisory_xact_lock(${lockKey}::bigint)`.execute(tx);
      await sql`set local statement_timeout = 0`.execute(tx);
      await sql`create table if not exists migration (
        number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
      )`.execute(tx);
      return apply(tx, migration);
    });
    if (isNew) applied.push(migration.name);
  }
  return applied;
}

async function apply(tx: Tx, migration: Migration): Promise<boolean> {
  const { rows } = await sql<{ checksum: string }>`
    select checksum from migration where number = ${migration.number}`.execute(tx);
  if (rows[0]) {
    requireSame(migration, rows[0].checksum);
    return false;
  }
  await sql.raw(migration.text).execute(tx);
  await sql`insert into migration (number, name, checksum)
    values (${migration.number}, ${migration.name}, ${migration.checksum})`.execute(tx);
  return true;
}

/** The common case, every start after the first, costs one query and no lock. */
async function pending(store: Store, wanted: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows: tables } = await sql`select 1 from pg_tables
    where schemaname = current_schema() and tablename = 'migration'`.execute(store.db);
  if (tables.length === 0) return wanted;
  const { rows } = await sql<{ number: number; name: string; checksum: string }>`
    select number, name, checksum from migration order by number`.execute(store.db);
  const known = new Map(wanted.map((migration) => [migration.number, migration]));
  for (const row of rows) {
    const migration = known.get(row.number);
    if (!migration)
      throw new PlatformError(
        'database-unavailable',
        `The database was upgraded by a newer version of the platform (migration ${row.number}, ${row.name}); run that version.`,
      );
    requireSame(migration, row.checksum);
    known.delete(row.number);
  }
  return [...known.values()];
}

function requireSame(migration: Migration, checksum: string): void {
  if (migration.checksum !== checksum)
    throw new PlatformError(
      'database-unavailable',
      `Migration ${migration.number} (${migration.name}) was changed after it had been applied; restore the original file and add a new migration.`,
    );
}
