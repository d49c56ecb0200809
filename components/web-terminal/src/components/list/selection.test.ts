import { expect, it } from 'vitest';
import { selectedItems } from './selection.ts';

const item = (id: string, state = 'running') => ({ id, state });

it('keeps what was ticked on other pages, and sees what has changed on this one', () => {
  const ticked = new Map([item('a'), item('b')].map((each) => [each.id, each]));
  const { items, elsewhere } = selectedItems(ticked, [item('b', 'stopped'), item('c')]);
  expect(items).toEqual([item('a'), item('b', 'stopped')]);
  expect(elsewhere).toBe(1);
});
