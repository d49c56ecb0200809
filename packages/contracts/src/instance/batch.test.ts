import { expect, test } from 'vitest';
import { recognizeField } from '../sentences/index.ts';
import { createInstancesSchema, deleteInstancesSchema } from './batch.ts';

const fields = { cores: 1, memoryBytes: 2 ** 26, disks: [{ sizeBytes: 2 ** 30 }] };
const manyNames = Array.from({ length: 1_001 }, (_, index) => `vm-${index}`);

/** Each field that is wrong, with what is said of it. */
function wrongIn(body: object): Record<string, string> {
  const { error } = createInstancesSchema.safeParse({ ...fields, ...body });
  return Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]));
}

test('one to a thousand by a rule, or by their names', () => {
  for (const count of [1, 1_000]) expect(wrongIn({ count, nameRule: 'vm-{n}' })).toEqual({});
  expect(wrongIn({ names: ['a', 'b'] })).toEqual({});
});

test.each([
  [{}, { count: 'is required', nameRule: 'is required' }],
  [{ count: 0, nameRule: 'vm-{n}' }, { count: 'must be at least 1' }],
  [{ count: 1_001, nameRule: 'vm-{n}' }, { count: 'must be at most 1000' }],
  [{ count: 1.5, nameRule: 'vm-{n}' }, { count: 'must be a whole number' }],
  [{ count: 2, names: ['a', 'b'] }, { count: 'must be left out where the names are given' }],
  [{ nameRule: 'vm-{n}', names: ['a'] }, { nameRule: 'must be left out where the names are given' }],
  [{ names: ['a', 'b', 'a'] }, { 'names.2': 'is the same as names.0' }],
  [{ names: [] }, { names: 'must hold at least 1 entries' }],
  [{ names: manyNames }, { names: 'must hold at most 1000 entries' }],
])('%j is refused before anything is made', (body, wrong) => {
  expect(wrongIn(body)).toEqual(wrong);
  // In both languages.
  for (const message of Object.values(wrong)) expect(recognizeField(message), message).toBeDefined();
});

test('a rule that makes one name of several is refused', () => {
  expect(Object.keys(wrongIn({ count: 2, nameRule: 'vm' }))).toEqual(['nameRule']);
});

test('an order names one to a thousand', () => {
  for (const instances of [[], manyNames]) expect(deleteInstancesSchema.safeParse({ instances }).success).toBe(false);
  expect(deleteInstancesSchema.safeParse({ instances: ['vm-1'] }).success).toBe(true);
});
