/** The journal, commit by commit, of the four ways an operation can go. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError, silentLogger } from '@zhiyun/kernel';
import { createTestStore, expectGolden } from '@zhiyun/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTransactionEngine } from './engine.ts';
import type { JournalEntry } from './journal.ts';
import { findParcel, parcelTarget, parcelTransaction, prepareParcels } from './testing/sample-transaction.ts';
import { failureAt } from './testing/variants.ts';
import type { AnyTransactionDefinition } from './types.ts';

const name = 'gift';
let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-journal-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function lineOf({ journal }: JournalEntry): string {
  return `${journal.state.padEnd(9)} ${journal.steps.map((step) => `${step.name}:${step.state}`).join(' ')}`;
}

/** Runs the parcel with one engine, and goes on with a second one when the first was made to give up. */
async function journalOf(definition: AnyTransactionDefinition, giveUpAfter = Number.POSITIVE_INFINITY) {
  await using database = await createTestStore();
  const { store } = database;
  await prepareParcels(store);
  const lines: string[] = [];
  const gaveUp = Promise.withResolvers<void>();
  const engineOf = (runner: string, limit: number) =>
    createTransactionEngine({
      store,
      definitions: [definition],
      runner: { id: runner },
      log: silentLogger,
      undoAttempts: 2,
      hooks: {
        afterWrite: async (entry) => {
          lines.push(`${runner}  ${lineOf(entry)}`);
          if (lines.length < limit) return;
          gaveUp.resolve();
          await new Promise(() => {});
        },
      },
    });
  const first = engineOf('one', giveUpAfter);
  await first.start();
  const { id } = await first.begin('image.import', {
    params: { name, files: 1 },
    target: parcelTarget(name),
    createdBy: null,
  });
  let last = first;
  if (Number.isFinite(giveUpAfter)) {
    await gaveUp.promise;
    await first.stop(0);
    last = engineOf('two', Number.POSITIVE_INFINITY);
    await last.start();
  }
  const operation = await last.waitFor(id, 10_000);
  await last.stop();
  return { text: `${lines.join('\n')}\n`, operation, found: await findParcel(store, directory, name) };
}

test('run', async () => {
  const { text, operation } = await journalOf(parcelTransaction(directory));
  expect(operation.state).toBe('succeeded');
  await expectGolden(new URL('./golden/run.golden', import.meta.url), text);
});

test('fail', async () => {
  const { text, operation, found } = await journalOf(failureAt(4, 'after')(parcelTransaction(directory)));
  expect(operation.state).toBe('failed');
  expect(found).toEqual({ row: undefined, files: undefined });
  await expectGolden(new URL('./golden/fail.golden', import.meta.url), text);
});

test('recover', async () => {
  const { text, operation } = await journalOf(parcelTransaction(directory), 3);
  expect(operation.state).toBe('succeeded');
  await expectGolden(new URL('./golden/recover.golden', import.meta.url), text);
});

test('stuck', async () => {
  const parcel = parcelTransaction(directory);
  const jammed = parcel.actions.map((action) =>
    'run' in action && action.undo
      ? { ...action, undo: () => Promise.reject(new PlatformError('node-fault', 'The directory is in use.')) }
      : action,
  );
  const { text, operation } = await journalOf(failureAt(4, 'before')({ ...parcel, actions: jammed }));
  expect(operation.state).toBe('stuck');
  await expectGolden(new URL('./golden/stuck.golden', import.meta.url), text);
});
