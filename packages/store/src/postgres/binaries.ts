/** Finds the system's PostgreSQL programs. */
import { access, constants, readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';

const debianRoot = '/usr/lib/postgresql';
export const oldestMajor = 15;

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** Programs of the newest version, or of exactly `major` (the one that made the data). Throws `database-unavailable`. */
export async function findBinaries(major?: number): Promise<PostgresBinaries> {
  const directory = await directoryOf(['initdb', 'postgres'], major);
  if (directory !== undefined) return { initdb: join(directory, 'initdb'), postgres: join(directory, 'postgres') };
  const what = major === undefined ? `PostgreSQL ${oldestMajor} or later` : `PostgreSQL ${major}, which made the data,`;
  const packageName = major === undefined ? 'postgresql' : `postgresql-${major}`;
  throw new PlatformError(
    'database-unavailable',
    `${what} is not installed. On Debian: apt-get install ${packageName}; or set database.url to a server elsewhere.`,
  );
}

export interface PostgresClients {
  pgDump: string;
  psql: string;
}

/**
 * Client programs of the server's version: a newer pg_dump may emit what an older server rejects. Throws
 * `database-unavailable`.
 */
export async function findClients(serverMajor: number): Promise<PostgresClients> {
  const directory = await directoryOf(['pg_dump', 'psql'], serverMajor);
  if (directory !== undefined) return { pgDump: join(directory, 'pg_dump'), psql: join(directory, 'psql') };
  throw new PlatformError(
    'database-unavailable',
    `pg_dump and psql of PostgreSQL ${serverMajor} are not installed. On Debian: apt-get install postgresql-client-${serverMajor}.`,
  );
}

async function directoryOf(programs: readonly string[], major: number | undefined): Promise<string | undefined> {
  for (const directory of await candidates(major)) {
    const found = await Promise.all(programs.map((program) => isProgram(join(directory, program))));
    if (found.every(Boolean)) return directory;
  }
  return undefined;
}

async function candidates(major: number | undefined): Promise<string[]> {
  const versions = (await readdir(debianRoot).catch(() => []))
    .map(Number)
    .filter((version) => (major === undefined ? version >= oldestMajor : version === major))
    .sort((a, b) => b - a)
    .map((version) => join(debianRoot, String(version), 'bin'));
  return [...versions, ...(process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '')];
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Major version that made a data directory; undefined when there is none yet. */
export async function majorOf(dataDirectory: string): Promise<number | undefined> {
  const text = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}
