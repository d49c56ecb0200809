/** Operations that are begun, or end, in one commit with others: one that cannot be hinders nobody else. */
import type { Operation } from '@zhiyun/contracts';
import { PlatformError, silentLogger } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import { createTestStore, type TestStore, waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type BeginRequest, type GroupMember, grouped } from './begin-operation.ts';
import { createTransactionEngine, type Engine } from './engine.ts';
import type { TransactionDefinition } from './types.ts';

interface Params {
  name: string;
}
const params = z.object({ name: z.string() });
/** Whose rows cannot be written. */
const bad = 'bad';

let database: TestStore;
let store: Store;
let engine: Engine;
/** How many were written at a time, attempts that failed included. */
let groups: number[];
let held: number;
let release: () => void;
beforeEach(async () => {
  database = await createTestStore();
  ({ store } = database);
  await sql`create table mark (operation uuid, name text)`.execute(store.db);
  groups = [];
  held = 0;
  const { promise: released, resolve } = Promise.withResolvers<void>();
  release = resolve;
  const definition: TransactionDefinition<Params> = {
    kind: 'instance.stop',
    params,
    actions: [
      {
        name: 'hold',
        async run() {
          held++;
          await released;
          return {};
        },
        noUndo: 'does nothing',
      },
      {
        name: 'mark',
        write: (tx, { operationId, params }) => mark(tx, [{ operationId, of: params }]),
        writeAll: (tx, contexts) =>
          mark(
            tx,
            contexts.map(({ operationId, params }) => ({ operationId, of: params })),
          ),
        noUndo: 'the last one',
      },
    ],
  };
  engine = createTransactionEngine({ store, definitions: [definition], runner: { id: 'one' }, log: silentLogger });
  await engine.start();
});
afterEach(async () => {
  release();
  await engine.stop(0);
  await database[Symbol.asyncDispose]();
});

async function mark(tx: Tx, members: readonly GroupMember<Params>[]): Promise<undefined> {
  groups.push(members.length);
  for (const { operationId, of } of members) {
    await sql`insert into mark values (${operationId}::uuid, ${of.name})`.execute(tx);
    if (of.name === bad) throw new PlatformError('name-taken', 'The name is in use.');
  }
}
const noMarks = async (_tx: Tx, members: readonly GroupMember<Params>[]) => void groups.push(members.length);

function begin(name: string, work: typeof mark | typeof noMarks, more: Partial<BeginRequest> = {}): Promise<Operation> {
  return engine.begin('instance.stop', {
    params: { name },
    target: { kind: 'instance', id: name, name },
    createdBy: null,
    group: grouped<Params>(work, { name }),
    ...more,
  });
}
async function marks(): Promise<Set<string>> {
  const { rows } = await sql<{ operation: string }>`select operation from mark`.execute(store.db);
  expect(new Set(rows.map(({ operation }) => operation)).size).toBe(rows.length);
  return new Set(rows.map(({ operation }) => operation));
}
const names = Array.from({ length: 10 }, (_, index) => `good-${index}`);

test('those that come together begin in few commits', async () => {
  const begun = await Promise.all(names.map((name) => begin(name, mark)));
  expect(await marks()).toEqual(new Set(begun.map(({ id }) => id)));
  expect(groups.length).toBeLessThan(names.length);
});

test('of those that begin together one is refused: it hears why, the others begin, and its rows are not there', async () => {
  const refused = begin(bad, mark).catch((error: unknown) => error);
  const begun = await Promise.all(names.map((name) => begin(name, mark)));
  expect(await refused).toMatchObject({ code: 'name-taken' });
  expect(Math.max(...groups)).toBeGreaterThan(1);
  expect(await marks()).toEqual(new Set(begun.map(({ id }) => id)));
  expect((await engine.list({ limit: 50 })).items).toHaveLength(names.length);
});

test('of those that begin together two want one target: one of them has it', async () => {
  const rivals = Promise.allSettled([begin('web', mark), begin('web', mark)]);
  const begun = await Promise.all(names.map((name) => begin(name, mark)));
  const outcomes = await rivals;
  const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(won).toHaveLength(1);
  expect(lost).toEqual([expect.objectContaining({ code: 'target-busy' })]);
  expect(await marks()).toEqual(new Set([...begun, ...won].map(({ id }) => id)));
});

test('of those that begin together two have one Idempotency-Key: they are one operation', async () => {
  const key = { idempotencyKey: 'k', requestHash: 'h' };
  const [one, again, ...others] = await Promise.all([
    begin('web', mark, key),
    begin('web', mark, key),
    ...names.map((name) => begin(name, mark)),
  ]);
  expect(again.id).toBe(one.id);
  expect(await marks()).toEqual(new Set([one, ...others].map(({ id }) => id)));
});

test('of those that end together one fails and one is cancelled: the others succeed', async () => {
  const cancelled = await begin('cancelled', noMarks);
  const all = [cancelled, ...(await Promise.all([...names, bad].map((name) => begin(name, noMarks))))];
  await waitFor(() => held === all.length);
  await engine.cancel(cancelled.id);
  groups.length = 0;
  release();
  const ended = await Promise.all(all.map(({ id }) => engine.waitFor(id, 30_000)));
  const stateOf = new Map(ended.map(({ target, state }) => [target.name, state]));
  expect(stateOf.get(bad)).toBe('failed');
  expect(stateOf.get('cancelled')).toBe('cancelled');
  const succeeded = ended.filter(({ state }) => state === 'succeeded');
  expect(succeeded.map(({ target }) => target.name).sort()).toEqual(names);
  expect(Math.max(...groups)).toBeGreaterThan(1);
  expect(await marks()).toEqual(new Set(succeeded.map(({ id }) => id)));
});
