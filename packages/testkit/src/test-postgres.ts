/** A PostgreSQL for tests: as fast as it can be, gone when the run ends. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@zhiyun/kernel';
import { migrate, openStore, startPrivatePostgres } from '@zhiyun/store';
import { sql } from 'kysely';

const templateName = 'zhiyun_template';
/** Nothing here has to survive a power cut. */
const hasteSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '32MB',
  autovacuum: 'off',
};

export interface TestPostgres extends AsyncDisposable {
  /** Of the server's first database; `createTestDatabase` makes the others beside it. */
  url: string;
}

/** Starts a server in a temporary directory, with a migrated template database. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-test-postgres-'));
  const postgres = await startPrivatePostgres({ directory, log: silentLogger, settings: hasteSettings });
  const end = async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await runSql(postgres.url, `create database ${templateName}`);
    const template = await openStore({ url: databaseUrl(postgres.url, templateName), log: silentLogger });
    await migrate(template).finally(() => template.close());
  } catch (error) {
    await end();
    throw error;
  }
  return { url: postgres.url, [Symbol.asyncDispose]: end };
}

export interface TestDatabase extends AsyncDisposable {
  url: string;
}

/** A database of one's own, copied from the template. */
export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runSql(serverUrl, `create database ${name} template ${templateName}`);
  return {
    url: databaseUrl(serverUrl, name),
    [Symbol.asyncDispose]: () => runSql(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

async function runSql(url: string, text: string): Promise<void> {
  const store = await openStore({ url, log: silentLogger, maxConnections: 1 });
  await sql
    .raw(text)
    .execute(store.db)
    .finally(() => store.close());
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
