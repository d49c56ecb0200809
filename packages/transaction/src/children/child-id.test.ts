import { isUuid, type OperationId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { childId } from './child-id.ts';

const parent = newId<OperationId>();

test('the same child of the same parent has the same id, every other another', () => {
  const ids = [
    childId(parent, 'web-1', 0, 1),
    childId(parent, 'web-2', 1, 1),
    childId(parent, 'web-1', 0, 2),
    childId(newId<OperationId>(), 'web-1', 0, 1),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(childId(parent, 'web-1', 0, 1)).toBe(ids[0]);
  expect(ids.every(isUuid)).toBe(true);
});

test('children are in their order, beside their parent', () => {
  const ids = Array.from({ length: 1_000 }, (_, place) => childId(parent, `web-${place}`, place, 1));
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]?.slice(0, 13)).toBe(parent.slice(0, 13));
});
