export { type CursorKey, decodeCursor, encodeCursor } from './cursor.ts';
export type { Database } from './database.ts';
export { sqlState, violatedConstraint, worthRepeating } from './database-errors.ts';
export {
  eventChannel,
  eventOf,
  insertEvents,
  type ListEventsQuery,
  listEvents,
  type NewEvent,
  recordEvent,
  ringEvents,
} from './event/event-rows.ts';
export { followEvents } from './event/follow-events.ts';
export { newestEvent } from './event/settled-events.ts';
export { acquireLease, type Lease, releaseLease, renewLease } from './lease.ts';
export { type Migration, migrate, readMigrations } from './migrate.ts';
export { openStore, type Store, type Tx } from './open-store.ts';
export { findBinaries } from './postgres/binaries.ts';
export { type KeptPostgres, keepPrivatePostgres } from './postgres/keep-private-postgres.ts';
export {
  type PrivatePostgres,
  type PrivatePostgresOptions,
  startPrivatePostgres,
} from './postgres/start-private-postgres.ts';
