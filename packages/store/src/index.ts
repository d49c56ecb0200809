export { anyOf } from './any-of.ts';
export {
  CommitUnknown,
  DatabaseLost,
  failureLevel,
  sqlState,
  violatedConstraint,
  worthRepeating,
} from './connection/database-errors.ts';
export { plannedAnew } from './connection/statement-names.ts';
export type { CursorKey } from './cursor.ts';
export type { Database } from './database.ts';
export {
  eventChannel,
  eventOf,
  insertEvents,
  type ListEventsQuery,
  listEvents,
  type NewEvent,
  recordEvent,
  recordEvents,
  ringEvents,
} from './event/event-rows.ts';
export { followEvents } from './event/follow-events.ts';
export { knownEvents, newestEvent } from './event/settled-events.ts';
export { acquireLease, type Lease, releaseLease, renewLease } from './lease.ts';
export { type Migration, migrate, readMigrations } from './migrate.ts';
export { type MoveDatabaseOptions, type MovedDatabase, moveDatabase } from './move/move-database.ts';
export { openStore, type Store, type Tx } from './open-store.ts';
export { type Paging, page } from './page.ts';
export { type Account, databaseAccount } from './postgres/account.ts';
export { findBinaries } from './postgres/binaries.ts';
export { type KeptPostgres, keepPrivatePostgres } from './postgres/keep-private-postgres.ts';
export {
  type PrivatePostgres,
  type PrivatePostgresOptions,
  startPrivatePostgres,
} from './postgres/start-private-postgres.ts';
export { forgetUnreaped } from './postgres/unreaped-postmaster.ts';
export type { KeptNetwork } from './tables/resources.ts';
