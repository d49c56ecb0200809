/** What a transaction must supply to be proven. */
import type { Operation, OperationKind } from '@zhiyun/contracts';
import type { Store } from '@zhiyun/store';
import type { Engine } from '../engine.ts';
import type { AnyTransactionDefinition } from '../types.ts';

/** World of one try: an empty, migrated database and an empty directory. Outlives the processes that use it. */
export interface ProofEnvironment {
  databaseUrl: string;
  directory: string;
}

/** The world as the transaction finds it. Built anew, on the same environment, by each process. */
export interface TransactionHarness {
  store: Store;
  definitions: readonly AnyTransactionDefinition[];
  begin(engine: Engine): Promise<Operation>;
  /** Throws unless everything is there that the operation promises. */
  verifyDone(operation: Operation): Promise<void>;
  /** Throws if anything is left of it. Undefined: the crash came before there was an operation. */
  verifyNothingLeft(operation: Operation | undefined): Promise<void>;
  close(): Promise<void>;
}

export type HarnessFactory = (environment: ProofEnvironment) => Promise<TransactionHarness>;

export interface ProofSubject {
  kind: OperationKind;
  /** `import.meta.url` of the module that exports the factory. It is loaded in child processes too: no test framework in it. */
  module: string;
  factory: string;
  createEnvironment: () => Promise<ProofEnvironment & AsyncDisposable>;
}

export async function loadFactory(subject: Pick<ProofSubject, 'module' | 'factory'>): Promise<HarnessFactory> {
  const exports: Record<string, unknown> = await import(subject.module);
  const factory = exports[subject.factory];
  if (typeof factory !== 'function') throw new Error(`${subject.module} does not export a function ${subject.factory}`);
  return factory as HarnessFactory;
}
