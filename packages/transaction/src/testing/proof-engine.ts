/** Engines for proofs: quick to notice, quick to give up. */
import type { Operation, OperationKind } from '@zhiyun/contracts';
import { silentLogger } from '@zhiyun/kernel';
import { createTransactionEngine, type Engine } from '../engine.ts';
import type { JournalHooks } from '../journal.ts';
import type { AnyTransactionDefinition } from '../types.ts';
import type { TransactionHarness } from './subject.ts';
import type { Disturbance } from './variants.ts';

const patienceMs = 60_000;

export function disturbed(
  harness: TransactionHarness,
  kind: OperationKind,
  disturbance: Disturbance,
): AnyTransactionDefinition[] {
  return harness.definitions.map((definition) => (definition.kind === kind ? disturbance(definition) : definition));
}

export async function withEngine<T>(
  harness: TransactionHarness,
  definitions: readonly AnyTransactionDefinition[],
  work: (engine: Engine) => Promise<T>,
  hooks: JournalHooks = {},
): Promise<T> {
  const engine = createTransactionEngine({
    store: harness.store,
    definitions,
    runner: { id: 'proof', scanMs: 50 },
    log: silentLogger,
    hooks,
  });
  await engine.start();
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}

/** Waits for the end. Throws when it does not come, or when the operation is stuck. */
export async function endOf(engine: Engine, id: Operation['id']): Promise<Operation> {
  const operation = await engine.waitFor(id, patienceMs);
  if (operation.endedAt === null)
    throw new Error(`operation ${id} did not end: it is ${operation.state} ${JSON.stringify(operation.steps)}`);
  return operation;
}
