/**
 * OpenStack Placement from Debian's packages, for `placement.ts`: its WSGI program under uwsgi as the package's own
 * configuration has it (two processes a core), without Keystone (`noauth2`), on a database that is given. It listens on a
 * socket in our directory; nothing of the system is touched.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '@zhiyun/kernel';
import { PlacementClient } from './placement-client.ts';

const programs = ['/usr/bin/placement-api', '/usr/bin/placement-manage', '/usr/bin/uwsgi'];
/** Those that start no service: `placement-api` itself only adds an init script. */
export const placementPackages = 'python3-placement, uwsgi-core, uwsgi-plugin-python3, python3-psycopg2';

const threads = 8;
const startDeadlineMs = 30_000;

export interface OpenstackPlacement extends AsyncDisposable {
  readonly client: PlacementClient;
}

/** Undefined when it is not installed. `databaseUrl`: behind a unix socket, its schema `public` empty. */
export async function startPlacement(options: {
  directory: string;
  databaseUrl: string;
}): Promise<OpenstackPlacement | undefined> {
  if (!programs.every(existsSync)) return undefined;
  const { directory } = options;
  await mkdir(directory);
  const config = join(directory, 'placement.conf');
  await writeFile(config, configuration(options.databaseUrl));
  await promisify(execFile)('/usr/bin/placement-manage', ['--config-file', config, 'db', 'sync']);
  const socket = join(directory, 'placement.sock');
  const log = join(directory, 'uwsgi.log');
  await using logFile = await open(log, 'w');
  const server = spawn('/usr/bin/uwsgi', uwsgiArguments(socket), {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', OS_PLACEMENT_CONFIG_DIR: directory },
    stdio: ['ignore', logFile.fd, logFile.fd],
  });
  const client = new PlacementClient(socket);
  try {
    await untilAnswers(client, server);
  } catch (error) {
    await stop(server);
    throw new Error(`Placement did not start: ${await readFile(log, 'utf8')}`, {
      cause: error,
    });
  }
  return { client, [Symbol.asyncDispose]: () => stop(server) };
}

/** Candidates at random, as several clients need them: in a fixed order all would be sent to the same provider. */
function configuration(databaseUrl: string): string {
  const { username, pathname, searchParams } = new URL(databaseUrl);
  return `[DEFAULT]
use_stderr = true
[api]
auth_strategy = noauth2
[placement]
randomize_allocation_candidates = true
[placement_database]
connection = postgresql+psycopg2://${username}@${pathname}?host=${searchParams.get('host')}
`;
}

function uwsgiArguments(socket: string): string[] {
  return [
    '--plugins=python3',
    '--wsgi-file=/usr/bin/placement-api',
    `--http-socket=${socket}`,
    `--processes=${availableParallelism() * 2}`,
    `--threads=${threads}`,
    ...['--master', '--lazy-apps', '--thunder-lock', '--enable-threads', '--die-on-term', '--no-orphans'],
    ...['--buffer-size=65535', '--disable-logging'],
  ];
}

async function untilAnswers(client: PlacementClient, server: ChildProcess): Promise<void> {
  const deadline = systemClock.monotonicMs() + startDeadlineMs;
  for (;;) {
    try {
      return await client.ping();
    } catch (error) {
      if (server.exitCode !== null || systemClock.monotonicMs() > deadline) throw error;
      await systemClock.sleep(100);
    }
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}
