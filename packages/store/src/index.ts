export { type CursorKey, decodeCursor, encodeCursor } from './cursor.ts';
export type { Database } from './database.ts';
export { sqlState, violatedConstraint } from './database-errors.ts';
export { type Migration, migrate, readMigrations } from './migrate.ts';
export { openStore, type Store, type Tx } from './open-store.ts';
