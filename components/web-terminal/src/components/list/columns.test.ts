import { expect, it } from 'vitest';
import { type Column, chosenColumns, shownKeys } from './columns.ts';

const columns: Column<object>[] = [
  { key: 'name', always: true },
  { key: 'address', responsive: ['md'] },
  { key: 'node', responsive: ['lg'] },
  { key: 'mac', rare: true },
  { key: 'actions', always: true },
];
const keys = (chosen?: readonly string[]) => chosenColumns(columns, chosen).map(({ key }) => key);

it('shows what is common until somebody chooses', () => {
  expect(keys()).toEqual(['name', 'address', 'node', 'actions']);
  expect(shownKeys(columns, undefined)).toEqual(['address', 'node']);
});

it('shows what was chosen, in its order and in every window, and always the name and the actions', () => {
  expect(keys(['mac', 'node'])).toEqual(['name', 'node', 'mac', 'actions']);
  expect(keys([])).toEqual(['name', 'actions']);
  expect(chosenColumns(columns, ['node']).every(({ responsive }) => responsive === undefined)).toBe(true);
});
