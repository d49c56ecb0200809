/**
 * Supervises the private server: restarts it on the same data and socket when it dies, so that clients see a short
 * outage only.
 */
import { join } from 'node:path';
import { capFile, systemClock } from '@zhiyun/kernel';
import { type PrivatePostgres, type PrivatePostgresOptions, startPrivatePostgres } from './start-private-postgres.ts';

const watchMs = 1_000;
/** Log bound: PostgreSQL writes a line for each failed statement. */
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
