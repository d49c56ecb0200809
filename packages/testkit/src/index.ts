export { expectGolden } from './golden.ts';
export { itemsOf } from './items-of.ts';
export * from './lab/index.ts';
export { createProofEnvironment } from './proof-environment.ts';
export { type Requirements, skippable, unmet } from './requirements.ts';
export { createTestDatabase, startTestPostgres, type TestDatabase, type TestPostgres } from './test-postgres.ts';
export { createTestStore, type TestStore } from './test-store.ts';
export { type VirtualClock, virtualClock } from './virtual-clock.ts';
export { waitFor } from './wait-for.ts';
