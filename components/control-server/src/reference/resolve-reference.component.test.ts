import type { ComputePoolId } from '@zhiyun/contracts';
import { createTestStore, type TestStore } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ReferableKind, resolveReference } from './resolve-reference.ts';

let database: TestStore;
const id = '0197e6f0-0000-7000-8000-000000000001';
const other = '0197e6f0-0000-7000-8000-000000000002';
beforeAll(async () => {
  database = await createTestStore();
  const properties = { description: '', cpu_overcommit: 1, disk_overcommit: 1 };
  await database.store.db
    .insertInto('compute_pool')
    .values([
      { id: id as ComputePoolId, name: 'one', ...properties },
      { id: other as ComputePoolId, name: 'two', ...properties },
    ])
    .execute();
});
afterAll(() => database[Symbol.asyncDispose]());

it('finds what is named by its id or its name', async () => {
  const { db } = database.store;
  for (const reference of [id, 'one']) expect(await resolveReference(db, 'compute-pool', reference)).toBe(id);
  expect(await resolveReference(db, 'compute-pool', 'two', undefined, sql`id = ${other}`)).toBe(other);
  await expect(resolveReference(db, 'compute-pool', 'one', undefined, sql`id = ${other}`)).rejects.toThrow(
    'no compute pool',
  );
});

it.each(['instance', 'image', 'compute-pool', 'node', 'component', 'user'] satisfies ReferableKind[])(
  'answers a miss alike for every kind: %s',
  async (kind) => {
    const { db } = database.store;
    for (const reference of ['nothing', '0197e6f0-0000-7000-8000-00000000ffff']) {
      const sentence = { key: 'common.unknown', params: { reference, kind: { key: `noun.${kind}` } } };
      await expect(resolveReference(db, kind, reference)).rejects.toMatchObject({ code: 'not-found', sentence });
      await expect(resolveReference(db, kind, reference, 'field')).rejects.toMatchObject({
        code: 'invalid-request',
        errors: [{ path: 'field' }],
      });
    }
  },
);
