import { type Logger, silentLogger } from '@zhiyun/kernel';
import { openStore, type Store } from '@zhiyun/store';
import { inject } from 'vitest';
// Says that `inject` knows the server.
import type {} from './global-postgres.ts';
import { createTestDatabase } from './test-postgres.ts';

export interface TestStore extends AsyncDisposable {
  store: Store;
  /** For a second store, or another process, on the same database. */
  url: string;
}

/** A store on a fresh, migrated database that is dropped on dispose. For `*.component.test.ts`. */
export async function createTestStore(options: { log?: Logger; maxConnections?: number } = {}): Promise<TestStore> {
  const database = await createTestDatabase(inject('postgresUrl'));
  const store = await openStore({ url: database.url, log: silentLogger, ...options });
  return {
    store,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await store.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
