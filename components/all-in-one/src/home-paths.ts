import { join } from 'node:path';

/** Files of the host itself in the home directory; each component keeps its own folder beside them. */
export function homePaths(home: string) {
  return {
    socket: join(home, 'run', 'platform.sock'),
    readyInfo: join(home, 'platform.json'),
    hostRecord: join(home, 'host.json'),
    config: join(home, 'config.json'),
    databaseAddress: join(home, 'database.json'),
    passwordFile: join(home, 'initial-admin-password'),
    caFile: join(home, 'ca.pem'),
    logFile: join(home, 'log', 'platform.log'),
    postgres: join(home, 'postgres'),
    accelerator: join(home, 'run', 'accelerator.json'),
  };
}
export type HomePaths = ReturnType<typeof homePaths>;
