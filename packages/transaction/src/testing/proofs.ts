/**
 * Proofs for any transaction: each action and each undo twice (idempotent), a failure at each action, and `kill -9`
 * around each journal write; afterwards it is done, or nothing is left. In a test file:
 *
 *     for (const { name, prove } of transactionProofs) test(name, () => prove(subject), 120_000);
 */
import type { Operation } from '@zhiyun/contracts';
import { sql } from 'kysely';
import type { Engine } from '../engine.ts';
import type { JournalEntry, JournalHooks } from '../journal.ts';
import { leaseName } from '../runner-lease.ts';
import { type Crash, crashingRunner, runAndCrash } from './crash.ts';
import { disturbed, endOf, withEngine } from './proof-engine.ts';
import { loadFactory, type ProofEnvironment, type ProofSubject, type TransactionHarness } from './subject.ts';
import { actionsTwice, type Disturbance, failureAt, undisturbed, undosTwice, wasInjected } from './variants.ts';

export interface TransactionProof {
  name: string;
  prove(subject: ProofSubject): Promise<void>;
}

export const transactionProofs: readonly TransactionProof[] = [
  { name: 'runs to its end', prove: (subject) => proveDone(subject, undisturbed) },
  { name: 'every action may run twice', prove: (subject) => proveDone(subject, actionsTwice) },
  { name: 'a failure at any action leaves nothing behind', prove: proveUnwinding },
  { name: 'every undo may run twice', prove: proveRepeatedUndos },
  {
    name: 'kill -9 around any write of the journal: done or nothing left',
    prove: (subject) => proveCrashes(subject, 1),
  },
  { name: 'kill -9 around any write while unwinding: nothing left', prove: proveCrashesWhileUnwinding },
];

async function proveDone(subject: ProofSubject, disturbance: Disturbance): Promise<void> {
  await inFreshWorld(subject, async (harness) => {
    const operation = await runToEnd(subject, harness, disturbance);
    if (operation.state !== 'succeeded') throw new Error(`it ${operation.state}: ${operation.error?.detail}`);
    await harness.verifyDone(operation);
  });
}

async function proveUnwinding(subject: ProofSubject): Promise<void> {
  for (const [index, name] of (await actionNames(subject)).entries()) {
    for (const when of ['before', 'after'] as const)
      await saying(`failure ${when} "${name}"`, () => proveUndone(subject, failureAt(index, when)));
  }
}

async function proveRepeatedUndos(subject: ProofSubject): Promise<void> {
  for (const [index, name] of (await actionNames(subject)).entries())
    await saying(`failure after "${name}"`, () =>
      proveUndone(subject, (definition) => undosTwice(failureAt(index, 'after')(definition))),
    );
}

async function proveUndone(subject: ProofSubject, disturbance: Disturbance): Promise<void> {
  await inFreshWorld(subject, async (harness) => {
    const operation = await runToEnd(subject, harness, disturbance);
    requireInjectedFailure(operation);
    await harness.verifyNothingLeft(operation);
  });
}

async function proveCrashesWhileUnwinding(subject: ProofSubject): Promise<void> {
  const failAt = (await actionNames(subject)).length - 1;
  await proveCrashes(subject, await firstWriteOfUnwinding(subject, failAt), failAt);
}

async function proveCrashes(subject: ProofSubject, firstWrite: number, failAt?: number): Promise<void> {
  for (let write = firstWrite; ; write++) {
    for (const when of ['before', 'after'] as const) {
      const crashed = await saying(`kill -9 ${when} write ${write} of the journal`, () =>
        proveCrash(subject, { write, when }, failAt),
      );
      if (crashed) continue;
      if (write === firstWrite) throw new Error('the process did not crash at all');
      return;
    }
  }
}

async function firstWriteOfUnwinding(subject: ProofSubject, failAt: number): Promise<number> {
  let writes = 0;
  let first: number | undefined;
  const afterWrite = ({ journal }: JournalEntry) => {
    writes++;
    if (journal.state !== 'pending' && journal.state !== 'running') first ??= writes;
  };
  await inFreshWorld(subject, async (harness) => {
    await runToEnd(subject, harness, failureAt(failAt, 'after'), { afterWrite });
  });
  return first ?? 1;
}

/** False when the transaction ended before the crash. */
async function proveCrash(subject: ProofSubject, crash: Crash, failAt: number | undefined): Promise<boolean> {
  await using environment = await subject.createEnvironment();
  const { databaseUrl, directory } = environment;
  const { kind, module, factory } = subject;
  const crashed = await runAndCrash({ kind, module, factory, environment: { databaseUrl, directory }, crash, failAt });
  await inWorld(subject, environment, async (harness) => {
    // It would run out by itself; many rounds need not wait for that.
    await sql`update lease set expires_at = now() where name = ${leaseName(crashingRunner)}`.execute(harness.store.db);
    const operation = await recover(subject, harness, failAt === undefined ? undisturbed : failureAt(failAt, 'after'));
    if (operation?.state === 'succeeded') await harness.verifyDone(operation);
    else {
      if (operation) requireInjectedFailure(operation);
      await harness.verifyNothingLeft(operation);
    }
  });
  return crashed;
}

async function recover(
  subject: ProofSubject,
  harness: TransactionHarness,
  disturbance: Disturbance,
): Promise<Operation | undefined> {
  return withEngine(harness, disturbed(harness, subject.kind, disturbance), async (engine) => {
    const { items } = await engine.list({ limit: 2, kind: subject.kind });
    return items[0] && endOf(engine, items[0].id);
  });
}

async function runToEnd(
  subject: ProofSubject,
  harness: TransactionHarness,
  disturbance: Disturbance,
  hooks: JournalHooks = {},
): Promise<Operation> {
  const work = async (engine: Engine) => endOf(engine, (await harness.begin(engine)).id);
  return withEngine(harness, disturbed(harness, subject.kind, disturbance), work, hooks);
}

function requireInjectedFailure(operation: Operation): void {
  if (operation.state !== 'failed' || !wasInjected(operation.error?.detail))
    throw new Error(`it ${operation.state}: ${operation.error?.detail ?? 'no error'}`);
}

async function actionNames(subject: ProofSubject): Promise<string[]> {
  let names: string[] = [];
  await inFreshWorld(subject, async (harness) => {
    const definition = harness.definitions.find(({ kind }) => kind === subject.kind);
    names = definition?.actions.map(({ name }) => name) ?? [];
  });
  if (names.length === 0) throw new Error(`the harness has no transaction ${subject.kind}`);
  return names;
}

async function inFreshWorld(
  subject: ProofSubject,
  work: (harness: TransactionHarness) => Promise<void>,
): Promise<void> {
  await using environment = await subject.createEnvironment();
  await inWorld(subject, environment, work);
}

async function inWorld(
  subject: ProofSubject,
  environment: ProofEnvironment,
  work: (harness: TransactionHarness) => Promise<void>,
): Promise<void> {
  const factory = await loadFactory(subject);
  const harness = await factory(environment);
  await work(harness).finally(() => harness.close());
}

async function saying<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
