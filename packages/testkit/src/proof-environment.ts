import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createTestDatabase } from './test-postgres.ts';

/** An empty, migrated database and an empty directory: what the proofs of a transaction ask for per try. */
export async function createProofEnvironment(): Promise<{ databaseUrl: string; directory: string } & AsyncDisposable> {
  const database = await createTestDatabase(inject('postgresUrl'));
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-proof-'));
  return {
    databaseUrl: database.url,
    directory,
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
}
