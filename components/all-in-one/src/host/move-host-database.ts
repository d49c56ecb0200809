/**
 * `zhiyun database move`: from the private database of this host to another one, with a stop of seconds. The configuration is
 * written when the copy has been compared and before anybody writes to it: so at every moment, also after a kill, it names
 * the one database in charge. Whatever fails leads back to the old one.
 */
import { rename } from 'node:fs/promises';
import { isoTime, type Logger, systemClock } from '@zhiyun/kernel';
import { type MovedDatabase, moveDatabase } from '@zhiyun/store';
import type { HomePaths } from '../home-paths.ts';
import type { HostDatabase } from './host-database.ts';
import { configure, readConfigured } from './kept-config.ts';
import type { Progress } from './local-control.ts';

export interface MoveHostDatabaseOptions {
  paths: HomePaths;
  database: HostDatabase;
  to: string;
  /** The roles that write. */
  stopWriters: () => Promise<void>;
  startWriters: () => Promise<void>;
  progress: Progress;
  log: Logger;
}

export async function moveHostDatabase(options: MoveHostDatabaseOptions): Promise<void> {
  const { paths, database, to, stopWriters, startWriters, progress, log } = options;
  const from = await database.privateUrl();
  const configured = await readConfigured(paths.config);
  progress('stopping the Data and Control Server; instances go on');
  const stoppedAt = systemClock.monotonicMs();
  await stopWriters();
  await database.close();
  let moved: MovedDatabase | undefined;
  try {
    moved = await moveDatabase({ from: { url: from }, to: { url: to }, progress, log });
    progress(`copied and compared ${moved.tables} tables with ${moved.rows} rows`);
    await configure(paths.config, { ...configured, database: { url: to } });
    database.configure(to);
    await startWriters();
  } catch (error) {
    progress('the move failed: starting on the old database again');
    await stopWriters();
    await database.close();
    await configure(paths.config, configured);
    database.configure(undefined);
    // The target may be what has failed: what is left there must not keep the platform from running.
    await moved?.undo().catch((left: unknown) => {
      log.warn({ error: left }, 'the copy could not be removed from the new database');
      progress('the copy could not be removed from the new database: empty it before the next move');
    });
    await startWriters();
    throw error;
  }
  const seconds = ((systemClock.monotonicMs() - stoppedAt) / 1000).toFixed(1);
  await database.stopPrivate();
  const kept = `${paths.postgres}.moved-${isoTime(systemClock.now())}`;
  await rename(paths.postgres, kept);
  progress(`the platform was stopped for ${seconds} s; the old database is kept in ${kept}`);
}
