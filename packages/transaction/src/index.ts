export { type BeginRequest, type Group, type GroupMember, grouped } from './begin-operation.ts';
export { createTransactionEngine, type EndedWork, type Engine, type EngineOptions } from './engine.ts';
export { HandOver } from './hand-over.ts';
export type { JournalEntry, JournalHooks } from './journal.ts';
export type { JournalState } from './journal-state.ts';
export type { ListOperationsQuery } from './list-operations.ts';
export { leaseName } from './runner-lease.ts';
export * from './types.ts';
