export { type TransactionProof, transactionProofs } from './proofs.ts';
export type { HarnessFactory, ProofEnvironment, ProofSubject, TransactionHarness } from './subject.ts';
