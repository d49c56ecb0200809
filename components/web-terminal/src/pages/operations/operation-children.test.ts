import type { Operation } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { sortChildren } from './operation-children.tsx';

const child = (id: string, state: Operation['state'], retried = false) => ({ id, state, retried }) as Operation;

test('what needs to be looked at comes first; tries that others have taken the place of are left out', () => {
  const sorted = sortChildren([
    child('1', 'succeeded'),
    child('2', 'failed', true),
    child('4', 'failed'),
    child('3', 'failed'),
    child('5', 'running'),
    child('6', 'stuck'),
  ]);
  expect(sorted.map(({ id }) => id)).toEqual(['6', '3', '4', '5', '1']);
});
