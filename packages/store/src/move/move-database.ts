/**
 * Moves the state to another database: check, copy, compare, commit. The copy is one transaction on the target, so a
 * failure leaves nothing there. Nobody may write to the source meanwhile: it is fingerprinted again after the copy, and
 * a missed change aborts the move.
 */
import { type Logger, PlatformError, systemClock } from '@zhiyun/kernel';
import pg from 'pg';
import { reasonOf } from '../connection/database-errors.ts';
import { PrimaryFinder } from '../connection/primary-finder.ts';
import { findClients } from '../postgres/binaries.ts';
import { OpenCopy } from '../postgres/open-copy.ts';
import { type Catalog, readCatalog } from './catalog.ts';
import { checkTarget } from './check-target.ts';
import { differences, fingerprintQuery, fingerprintSettings, parseFingerprint } from './fingerprint.ts';

export interface MoveDatabaseOptions {
  from: { url: string };
  /** An empty database; may have several hosts. */
  to: { url: string };
  /** Sentences for people. */
  progress?: (line: string) => void;
  signal?: AbortSignal;
  log: Logger;
  /** For tests. */
  hooks?: { copied?(): Promise<void> };
}

export interface MovedDatabase {
  tables: number;
  rows: number;
  /** Size of the dump. */
  bytes: number;
  milliseconds: number;
  /** Compensation: empties the target when a later step has failed. */
  undo(): Promise<void>;
}

/** Throws `wrong-state`, `database-unavailable`, or the signal's reason; the target is unchanged then. */
export async function moveDatabase(options: MoveDatabaseOptions): Promise<MovedDatabase> {
  const { from, to, log, signal, progress = () => {} } = options;
  const startedMs = systemClock.monotonicMs();
  const target = new PrimaryFinder(to.url, log);
  const source = new PrimaryFinder(from.url, log);
  const sourceClient = await source.connect();
  try {
    progress(`checking ${target.description}`);
    const catalog = await readCatalog(sourceClient);
    const { newExtensions } = await withClient(target, (client) => checkTarget(client, catalog));
    const clients = await findClients(catalog.major);
    signal?.throwIfAborted();

    await using copy = new OpenCopy(target.current, clients, signal);
    progress(`copying ${catalog.tables.length} tables`);
    const bytes = await copy.fill(source.current);
    await options.hooks?.copied?.();
    progress(`comparing, after ${(bytes / 2 ** 20).toFixed(1)} MiB`);
    const lines = await compare(sourceClient, copy, catalog);
    await copy.query('analyze');
    signal?.throwIfAborted();
    await copy.commit();

    const fingerprints = new Map(lines.map(parseFingerprint).map(({ name, rows }) => [name, rows]));
    const rows = catalog.tables.reduce(
      (sum, { schema, name }) => sum + (fingerprints.get(`${schema}.${name}`) ?? 0),
      0,
    );
    const milliseconds = Math.round(systemClock.monotonicMs() - startedMs);
    log.info({ tables: catalog.tables.length, rows, bytes, milliseconds }, 'the database was copied and compared');
    const undo = () => withClient(target, (client) => dropEverything(client, catalog, newExtensions));
    return { tables: catalog.tables.length, rows, bytes, milliseconds, undo };
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof PlatformError
      ? error
      : new PlatformError('database-unavailable', `The database was not moved: ${reasonOf(error)}.`, { cause: error });
  } finally {
    await sourceClient.end().catch(() => {});
  }
}

/** Answers the fingerprints. */
async function compare(source: pg.Client, copy: OpenCopy, catalog: Catalog): Promise<string[]> {
  const query = fingerprintQuery(catalog);
  const [here, there] = await Promise.all([
    fingerprintOf(source, query),
    copy.query(`${fingerprintSettings}; ${query}`),
  ]);
  const found = differences(here, there);
  if (found.length > 0)
    throw new PlatformError(
      'wrong-state',
      `The copy is not the same as the database: ${found.join('; ')}. Something has written while it was copied; the target was left empty.`,
    );
  return there;
}

/** Reads everything in one snapshot. */
async function fingerprintOf(client: pg.Client, query: string): Promise<string[]> {
  await client.query('begin isolation level repeatable read read only');
  try {
    await client.query(fingerprintSettings);
    const { rows } = await client.query<{ line: string }>(query);
    return rows.map(({ line }) => line);
  } finally {
    await client.query('rollback');
  }
}

async function dropEverything(
  client: pg.Client,
  { tables, functions }: Catalog,
  extensions: readonly string[],
): Promise<void> {
  const names = tables.map(({ schema, name }) => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`);
  const drops = [
    ...(names.length > 0 ? [`drop table if exists ${names.join(', ')} cascade`] : []),
    ...functions.map((name) => `drop function if exists ${name} cascade`),
    ...extensions.map((name) => `drop extension if exists ${pg.escapeIdentifier(name)}`),
  ];
  await client.query(['begin', ...drops, 'commit'].join('; '));
}

async function withClient<T>(finder: PrimaryFinder, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await finder.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
