/** Two releases with one database: what the one has begun, and the other finds. */
import type { Operation, Target } from '@zhiyun/contracts';
import { type Logger, silentLogger } from '@zhiyun/kernel';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTransactionEngine, type Engine } from './engine.ts';
import { HandOver } from './hand-over.ts';
import {
  Gate,
  newScript,
  type Script,
  type ScriptedAction,
  scriptedTransaction,
} from './testing/scripted-transaction.ts';
import type { BegunUpgrade, TransactionDefinition } from './types.ts';

const target: Target = { kind: 'instance', id: 'i-1', name: 'web-1' };
const oldParams = z.object({ seconds: z.int() });
const newParams = z.object({ timeoutMs: z.int(), force: z.boolean().default(false) });
const toMilliseconds: BegunUpgrade = ({ params, memory }) => ({
  params: { timeoutMs: params.seconds * 1000 },
  memory: { ...memory, upgraded: true },
});

type Database = Awaited<ReturnType<typeof createTestStore>>;

function definition(
  script: Script,
  params: z.ZodType,
  actions: readonly string[],
  upgrades: readonly BegunUpgrade[] = [],
): TransactionDefinition {
  const scripted = actions.map((name): ScriptedAction => ({ name }));
  return { ...scriptedTransaction(script, scripted), params, upgrades };
}
const oldRelease = (script: Script) => definition(script, oldParams, ['first', 'second']);
const newRelease = (script: Script) => definition(script, newParams, ['first', 'between', 'second'], [toMilliseconds]);

async function startRunner(
  { store }: Database,
  id: string,
  known: TransactionDefinition,
  log: Logger = silentLogger,
): Promise<Engine & AsyncDisposable> {
  const runner = { id, leaseTtlMs: 1_000, leaseRenewMs: 200, scanMs: 100 };
  const engine = createTransactionEngine({ store, definitions: [known], runner, log, undoAttempts: 1 });
  await engine.start();
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.stop(0) });
}
const begin = (engine: Engine, params: object) => engine.begin('instance.stop', { params, target, createdBy: null });

/** Begun by a runner that is gone while it was at `action`. */
async function abandoned(
  database: Database,
  release: (script: Script) => TransactionDefinition,
  action: string,
  params: object,
) {
  const gate = new Gate();
  const engine = await startRunner(database, 'gone', release(newScript({ [action]: gate.pass })));
  const operation = await begin(engine, params);
  await gate.reached;
  await engine.stop(0);
  return operation;
}

async function rowOf({ store }: Database, { id }: Operation) {
  return store.db.selectFrom('operation').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** What is written down at `warn`. */
function listeningLogger(): { log: Logger; said: string[] } {
  const said: string[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (_fields: object, words: string) => void said.push(words),
    child: () => log,
  };
  return { log, said };
}

test('what an older release has begun goes on: parameters, memory and steps are brought up to date first', async () => {
  await using database = await createTestStore();
  const operation = await abandoned(database, oldRelease, 'second', { seconds: 3 });
  const seen: unknown[] = [];
  const script = newScript({
    between: async ({ params, memory }) => void seen.push(params, memory, (await rowOf(database, operation)).version),
  });
  await using engine = await startRunner(database, 'new', newRelease(script));
  expect(await engine.waitFor(operation.id, 10_000)).toMatchObject({ state: 'succeeded' });
  expect(script.ran).toEqual(['between', 'second']);
  expect(seen).toEqual([{ timeoutMs: 3000, force: false }, { upgraded: true }, 2]);
  expect(await rowOf(database, operation)).toMatchObject({ version: 2, params: { timeoutMs: 3000 } });
});

test('so does its unwinding, of all that was begun', async () => {
  await using database = await createTestStore();
  const operation = await abandoned(database, oldRelease, 'second', { seconds: 3 });
  const script = newScript({ between: () => Promise.reject(new Error('no')) });
  await using engine = await startRunner(database, 'new', newRelease(script));
  expect(await engine.waitFor(operation.id, 10_000)).toMatchObject({ state: 'failed' });
  expect(script.ran).toEqual(['between', 'undo second', 'undo between', 'undo first']);
});

test('a field with a default needs no version', async () => {
  await using database = await createTestStore();
  const operation = await abandoned(database, oldRelease, 'first', { seconds: 3 });
  const seen: unknown[] = [];
  const script = newScript({ first: async ({ params }) => void seen.push(params) });
  const later = definition(script, oldParams.extend({ force: z.boolean().default(true) }), ['first', 'second']);
  await using engine = await startRunner(database, 'new', later);
  expect(await engine.waitFor(operation.id, 10_000)).toMatchObject({ state: 'succeeded' });
  expect(seen).toEqual([{ seconds: 3, force: true }]);
});

test.each([
  ['of a newer version', (script: Script) => ({ ...newRelease(script) })],
  ['of a kind not known', (script: Script) => ({ ...newRelease(script), kind: 'image.move' as const })],
])('an operation %s is left to a newer release, and the log says so', async (_, release) => {
  await using database = await createTestStore();
  const gate = new Gate();
  const { kind } = release(newScript());
  const newer = await startRunner(database, 'newer', release(newScript({ first: gate.pass })));
  const operation = await newer.begin(kind, { params: { timeoutMs: 1 }, target, createdBy: null });
  await gate.reached;
  await newer.stop(0);

  const script = newScript();
  const { log, said } = listeningLogger();
  await using older = await startRunner(database, 'older', oldRelease(script), log);
  await waitFor(() => said.length > 0, { describe: 'the log to say so' });
  expect(said.join()).toMatch(/left to a control server of that release/);
  const before = await rowOf(database, operation);
  expect(before).toMatchObject({ state: 'running', runner: 'newer' });
  expect(script.ran).toEqual([]);

  await sql`update operation set state = 'stuck' where id = ${operation.id}`.execute(database.store.db);
  await expect(older.retry(operation.id)).rejects.toMatchObject({ code: 'newer-version' });
  expect((await rowOf(database, operation)).state).toBe('stuck');
  await sql`update operation set state = 'running' where id = ${operation.id}`.execute(database.store.db);

  const again = newScript();
  await using newest = await startRunner(database, 'newest', release(again));
  expect(await newest.waitFor(operation.id, 10_000)).toMatchObject({ state: 'succeeded' });
  expect(again.ran).toEqual(['first', 'between', 'second']);
});

test('one that was handed to an older release is given back', async () => {
  await using database = await createTestStore();
  await using _older = await startRunner(database, 'older', oldRelease(newScript()));
  const script = newScript();
  script.deeds.first = async () => {
    if (script.ran.length === 1) throw new HandOver('older');
  };
  await using newer = await startRunner(database, 'newer', newRelease(script));
  const operation = await begin(newer, { timeoutMs: 1 });
  expect(await newer.waitFor(operation.id, 30_000)).toMatchObject({ state: 'succeeded' });
  expect(script.ran).toEqual(['first', 'first', 'between', 'second']);
});

test('one that cannot be read is stuck with the reason, and goes on once it can be', async () => {
  await using database = await createTestStore();
  const operation = await abandoned(database, oldRelease, 'first', { seconds: 3 });
  {
    await using broken = await startRunner(database, 'broken', definition(newScript(), newParams, ['first', 'second']));
    const stuck = await broken.waitFor(operation.id, 10_000);
    expect(stuck).toMatchObject({
      state: 'stuck',
      error: { code: 'internal', detail: expect.stringMatching(/timeoutMs/) },
    });
  }
  await using mended = await startRunner(database, 'mended', newRelease(newScript()));
  await mended.retry(operation.id);
  expect(await mended.waitFor(operation.id, 10_000)).toMatchObject({ state: 'failed' });
});

test('an action that has begun must not vanish: nobody could undo it', async () => {
  await using database = await createTestStore();
  const operation = await abandoned(database, oldRelease, 'first', { seconds: 3 });
  await using engine = await startRunner(database, 'new', definition(newScript(), oldParams, ['second']));
  expect(await engine.waitFor(operation.id, 10_000)).toMatchObject({
    state: 'stuck',
    error: { detail: expect.stringMatching(/begun the action "first", which is no more/) },
  });
});
