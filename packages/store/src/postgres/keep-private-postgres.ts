/**
 * The private server, kept alive: when it dies while we live, it is started again on the same data and the same socket, so
 * whoever waits for the database only sees it away for a moment.
 */
import { join } from 'node:path';
import { capFile, systemClock } from '@zhiyun/kernel';
import { type PrivatePostgres, type PrivatePostgresOptions, startPrivatePostgres } from './start-private-postgres.ts';

const watchMs = 1_000;
/** PostgreSQL writes a line for each statement that a client got wrong. */
const maxLogBytes = 16 * 1024 * 1024;

export interface KeptPostgres {
  url: string;
  stop(): Promise<void>;
}

export async function keepPrivatePostgres(options: PrivatePostgresOptions): Promise<KeptPostgres> {
  const { log } = options;
  let server: PrivatePostgres = await startPrivatePostgres(options);
  let watching: Promise<void> | undefined;

  async function look(): Promise<void> {
    await capFile(join(options.directory, 'postgres.log'), maxLogBytes).catch(() => {});
    if (await server.isRunning()) return;
    log.error({}, 'PostgreSQL has died; starting it again');
    try {
      server = await startPrivatePostgres(options);
    } catch (error) {
      log.error({ err: error }, 'PostgreSQL could not be started again; it is tried again');
    }
  }
  const timer = systemClock.every(watchMs, () => {
    watching ??= look().finally(() => {
      watching = undefined;
    });
  });

  return {
    url: server.url,
    async stop() {
      timer[Symbol.dispose]();
      await watching;
      await server.stop();
    },
  };
}
