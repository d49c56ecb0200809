/**
 * Numbered migrations: `migrations/NNNN-name.sql`, each applied once in its own transaction and never edited afterwards
 * (checksum). Most only *expand*; after one that *contracts* (`NNNN-name.contract.sql`) older releases refuse the
 * database and name the release to run. After expansions they keep working.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { say } from '@zhiyun/contracts';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import { sql } from 'kysely';
import type { Store, Tx } from './open-store.ts';

export interface Migration {
  number: number;
  name: string;
  text: string;
  checksum: string;
  kind: 'expand' | 'contract';
}

export interface MigrateOptions {
  /** Default: those of this release. */
  migrations?: readonly Migration[];
  /** Recorded with each migration, for older releases to name. */
  release?: string;
  log?: Logger;
}

const migrationsDirectory = new URL('../migrations/', import.meta.url);
/** Advisory lock, any constant: one migrator at a time. */
const lockKey = 7_235_419;

export async function readMigrations(directory: URL = migrationsDirectory): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((name) => /^\d{4}-[a-z0-9-]+(\.contract)?\.sql$/.test(name)).sort();
  const migrations = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, directory), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      const kind = file.endsWith('.contract.sql') ? 'contract' : 'expand';
      const name = file.slice(5).replace(/(\.contract)?\.sql$/, '');
      return { number: Number(file.slice(0, 4)), name, text, checksum, kind } as const;
    }),
  );
  const repeated = migrations.find((migration, index) => migrations[index - 1]?.number === migration.number);
  if (repeated) throw new Error(`Two migrations have the number ${repeated.number}.`);
  return migrations;
}

/**
 * Migrates the schema and returns the names of applied migrations. Concurrent callers are safe. Throws `newer-version`
 * when a later release has contracted it.
 */
export async function migrate(store: Store, options: MigrateOptions = {}): Promise<string[]> {
  const wanted = options.migrations ?? (await readMigrations());
  const { missing, newer } = await compare(store, wanted, options.release);
  if (newer.length > 0)
    options.log?.warn(
      { migrations: newer },
      'the database is of a newer release; this one goes on with it, and should be updated',
    );
  if (missing.length === 0) return [];
  const applied: string[] = [];
  for (const migration of wanted) {
    const isNew = await store.tx(async (tx) => {
      await sql`select pg_advisory_xact_lock(${lockKey}::bigint)`.execute(tx);
      await sql`set local statement_timeout = 0`.execute(tx);
      await sql`create table if not exists migration (
        number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
      )`.execute(tx);
      await sql`alter table migration add column if not exists kind text not null default 'expand',
        add column if not exists release text`.execute(tx);
      return apply(tx, migration, options.release);
    });
    if (isNew) applied.push(migration.name);
  }
  return applied;
}

async function apply(tx: Tx, migration: Migration, release: string | undefined): Promise<boolean> {
  const { rows } = await sql<{ checksum: string }>`
    select checksum from migration where number = ${migration.number}`.execute(tx);
  if (rows[0]) {
    requireSame(migration, rows[0].checksum);
    return false;
  }
  await sql.raw(migration.text).execute(tx);
  const { number, name, checksum, kind } = migration;
  await sql`insert into migration (number, name, checksum, kind, release)
    values (${number}, ${name}, ${checksum}, ${kind}, ${release ?? null})`.execute(tx);
  return true;
}

interface Applied {
  number: number;
  name: string;
  checksum: string;
  /** Null in rows of the first release. */
  kind: Migration['kind'] | null;
  release: string | null;
}

/** Fast path: every start after the first costs one query and no lock. */
async function compare(
  store: Store,
  wanted: readonly Migration[],
  own: string | undefined,
): Promise<{ missing: readonly Migration[]; newer: readonly string[] }> {
  const { rows: tables } = await sql`select 1 from pg_tables
    where schemaname = current_schema() and tablename = 'migration'`.execute(store.db);
  if (tables.length === 0) return { missing: wanted, newer: [] };
  const { rows } = await sql<Applied>`
    select number, name, checksum, to_jsonb(migration) ->> 'kind' as kind, to_jsonb(migration) ->> 'release' as release
    from migration order by number`.execute(store.db);
  const unapplied = new Map(wanted.map((migration) => [migration.number, migration]));
  const newer: Applied[] = [];
  for (const row of rows) {
    const migration = unapplied.get(row.number);
    if (migration) requireSame(migration, row.checksum);
    else newer.push(row);
    unapplied.delete(row.number);
  }
  const contracted = newer.findLast(({ kind }) => kind === 'contract');
  if (contracted) throw tooOld(contracted, own);
  return { missing: [...unapplied.values()], newer: newer.map(({ number, name }) => `${number} ${name}`) };
}

function tooOld({ number, name, release }: Applied, own: string | undefined): PlatformError {
  const [theirs, ours] = [release ?? '?', own ?? '?'];
  return new PlatformError('newer-version', say('version.database', { release: theirs, own: ours, number, name }));
}

function requireSame(migration: Migration, checksum: string): void {
  if (migration.checksum !== checksum)
    throw new PlatformError(
      'database-unavailable',
      `Migration ${migration.number} (${migration.name}) was changed after it had been applied; restore the original file and add a new migration.`,
    );
}
