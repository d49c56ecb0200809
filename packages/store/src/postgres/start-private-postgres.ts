/**
 * The platform's private PostgreSQL: the system's programs, our data directory, a unix socket and no port. Started
 * detached, it outlives us and the next start adopts it, so a crash of the platform costs no recovery.
 */
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Logger, PlatformError, systemClock } from '@zhiyun/kernel';
import pg from 'pg';
import { databaseAccount, makePrivateDirectory, requireReachable } from './account.ts';
import { findBinaries, majorOf } from './binaries.ts';
import { initializeCluster, superuser } from './cluster.ts';
import { findPostmaster, isPostmaster, type Postmaster } from './postmaster-pid.ts';
import { makeSocketDirectory } from './socket-directory.ts';
import { forgetUnreaped } from './unreaped-postmaster.ts';

const databaseName = 'zhiyun';
const startDeadlineMs = 60_000;
const orphanedSessionsMs = 10_000;
const fastStopMs = 30_000;
const pollMs = 10;

/** For a server that shares its machine with instances. `fsync` stays on: an acknowledged change survives a power cut. */
const defaultSettings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '64MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

export interface PrivatePostgres {
  url: string;
  /** Adopted: it has outlived the process that started it. */
  adopted: boolean;
  /** Whether this very server process is alive. */
  isRunning(): Promise<boolean>;
  /** Fast shutdown: ends sessions; everything acknowledged is on disk. */
  stop(): Promise<void>;
}

export interface PrivatePostgresOptions {
  /** The server's own directory (`data`, `run`, `postgres.log`); created when missing. */
  directory: string;
  log: Logger;
  settings?: Readonly<Record<string, string>>;
}

/** Starts or adopts the server and creates the database on first use. Throws `database-unavailable` with the mend. */
export async function startPrivatePostgres(options: PrivatePostgresOptions): Promise<PrivatePostgres> {
  const directory = resolve(options.directory);
  const dataDirectory = join(directory, 'data');
  const settings: Record<string, string> = { ...defaultSettings, ...options.settings };
  const account = await databaseAccount();
  await makePrivateDirectory(directory, account);

  const running = await findPostmaster(dataDirectory);
  if (running) {
    const postmaster = await untilReady(dataDirectory, () => undefined);
    options.log.info({ pid: postmaster.pid }, 'adopted the running PostgreSQL');
    return handleOf(postmaster, dataDirectory, true);
  }

  await requireReachable(directory, account);
  const major = await majorOf(dataDirectory);
  const binaries = await findBinaries(major);
  if (major === undefined)
    await initializeCluster({ initdb: binaries.initdb, dataDirectory, account, sync: settings.fsync !== 'off' });

  const socketDirectory = await makeSocketDirectory(directory, account);
  await forgetUnreaped(dataDirectory);
  const postmaster = await launch({
    program: binaries.postgres,
    args: ['-D', dataDirectory, ...settingArguments({ ...settings, unix_socket_directories: socketDirectory })],
    dataDirectory,
    logPath: join(directory, 'postgres.log'),
    ids: account && { uid: account.uid, gid: account.gid },
  });
  await makeDatabase(postmaster.socketDirectory);
  options.log.info({ pid: postmaster.pid, dataDirectory }, 'started PostgreSQL');
  return handleOf(postmaster, dataDirectory, false);
}

function settingArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function handleOf(postmaster: Postmaster, dataDirectory: string, adopted: boolean): PrivatePostgres {
  return {
    url: urlOf(postmaster.socketDirectory, databaseName),
    adopted,
    isRunning: () => isPostmaster(postmaster.pid, dataDirectory),
    stop: () => stopPostmaster(postmaster.pid, dataDirectory),
  };
}

function urlOf(socketDirectory: string, database: string): string {
  return `postgresql://${superuser}@localhost/${database}?host=${encodeURIComponent(socketDirectory)}`;
}

interface Launch {
  program: string;
  args: string[];
  dataDirectory: string;
  logPath: string;
  ids: { uid: number; gid: number } | undefined;
}

/** Retries: after `kill -9` the old backends may take a moment to exit, and until then the server refuses to start. */
async function launch(options: Launch): Promise<Postmaster> {
  const deadline = systemClock.monotonicMs() + orphanedSessionsMs;
  for (;;) {
    try {
      return await launchOnce(options);
    } catch (error) {
      const orphans = error instanceof Error && error.message.includes('is still in use');
      if (!orphans || systemClock.monotonicMs() > deadline) throw error;
      await systemClock.sleep(100);
    }
  }
}

async function launchOnce({ program, args, dataDirectory, logPath, ids }: Launch): Promise<Postmaster> {
  const logFile = await open(logPath, 'a', 0o600);
  try {
    const { size: logStart } = await logFile.stat();
    const child = spawn(program, args, {
      cwd: dataDirectory,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', logFile.fd, logFile.fd],
      ...ids,
    });
    let ended: string | undefined;
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      ended = `it ended with ${signal ?? `code ${code}`}`;
    });
    child.unref();
    return await untilReady(dataDirectory, () => ended).catch(async (error) => {
      throw new PlatformError(
        'database-unavailable',
        `PostgreSQL did not start: ${error instanceof Error ? error.message : error}. ${await lastLines(logPath, logStart)}`,
        { cause: error },
      );
    });
  } finally {
    await logFile.close();
  }
}

async function untilReady(dataDirectory: string, ended: () => string | undefined): Promise<Postmaster> {
  const deadline = systemClock.monotonicMs() + startDeadlineMs;
  for (;;) {
    const postmaster = await findPostmaster(dataDirectory);
    if (postmaster?.ready) return postmaster;
    const end = ended();
    if (end !== undefined) throw new Error(end);
    if (systemClock.monotonicMs() > deadline) throw new Error(`it was not ready within ${startDeadlineMs / 1000} s`);
    await systemClock.sleep(pollMs);
  }
}

/** The server's log since `start`: why it did not come up. */
async function lastLines(path: string, start: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size - start, 2_000));
    await file.read(buffer, 0, buffer.length, size - buffer.length);
    return `Its log (${path}) ends: ${buffer.toString().trim().split('\n').slice(-5).join(' | ')}`;
  } finally {
    await file.close();
  }
}

async function makeDatabase(socketDirectory: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(socketDirectory, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

async function stopPostmaster(pid: number, dataDirectory: string): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', fastStopMs],
    ['SIGQUIT', fastStopMs],
  ] as const) {
    const deadline = systemClock.monotonicMs() + waitMs;
    if (await isPostmaster(pid, dataDirectory)) process.kill(pid, signal);
    while (systemClock.monotonicMs() < deadline) {
      if (!(await isPostmaster(pid, dataDirectory))) return;
      await systemClock.sleep(pollMs);
    }
  }
  throw new PlatformError('database-unavailable', `PostgreSQL (process ${pid}) does not stop; look at its log.`);
}
