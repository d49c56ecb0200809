export { listOperationRows } from '../list-operations.ts';
export { type OldOperation, readOldOperation } from './old-operation.ts';
export { type TransactionProof, transactionProofs } from './proofs.ts';
export type { HarnessFactory, ProofEnvironment, ProofSubject, TransactionHarness } from './subject.ts';
