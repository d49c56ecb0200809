import { expect, test } from 'vitest';
import { StatementNames } from './statement-names.ts';

test('a statement that comes again gets a name and keeps it', () => {
  const names = new StatementNames();
  const given = [1, 2, 3, 4].map(() => names.nameOf('select 1'));
  expect(given).toEqual([undefined, undefined, 'zhiyun_0', 'zhiyun_0']);
  expect(names.nameOf('select 2')).toBeUndefined();
});

test('there are never more than 500 names, however many statements there are', () => {
  const names = new StatementNames();
  const given = new Set<string | undefined>();
  for (let statement = 0; statement < 1_000; statement++)
    for (let time = 0; time < 3; time++) given.add(names.nameOf(`select ${statement}`));
  given.delete(undefined);
  expect(given.size).toBe(500);
});
