import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { longestSocketPath } from '@zhiyun/kernel';

/** In the home; in a short place when root has a home whose path is too long for a socket. */
function socketIn(home: string): string {
  const own = join(resolve(home), 'run', 'platform.sock');
  if (Buffer.byteLength(own) <= longestSocketPath || process.getuid?.() !== 0) return own;
  return `/run/zhiyun-host-${createHash('sha256').update(resolve(home)).digest('hex').slice(0, 16)}.sock`;
}

/** Files of the host itself in the home directory; each component keeps its own folder beside them. */
export function homePaths(home: string) {
  return {
    socket: socketIn(home),
    readyInfo: join(home, 'platform.json'),
    hostRecord: join(home, 'host.json'),
    config: join(home, 'config.json'),
    databaseAddress: join(home, 'database.json'),
    passwordFile: join(home, 'initial-admin-password'),
    caFile: join(home, 'ca.pem'),
    logFile: join(home, 'log', 'platform.log'),
    /** What the process itself writes when it is started detached: the last words of a crash. */
    outputFile: join(home, 'log', 'output.log'),
    postgres: join(home, 'postgres'),
    accelerator: join(home, 'run', 'accelerator.json'),
  };
}
export type HomePaths = ReturnType<typeof homePaths>;
