import { expect, test } from 'vitest';
import { formerRange } from './guest-range.ts';
import { renderAdd, renderDeleteTable, renderGuard, renderRemove, renderTable } from './render-nft.ts';
import { guestLink } from './slots.ts';

const node = 'abcdef12';
const owner = { shortNodeId: node, range: formerRange };
const web = guestLink(owner, 0, '02:00:00:00:00:01');
const db = guestLink(owner, 46655, '02:00:00:00:00:02');
const golden = (name: string) => `golden/${name}.golden`;

test('an empty table', () =>
  expect(renderTable(node, { links: [], refused: [] })).toMatchFileSnapshot(golden('empty-table')));
test('a table with two guests and networks that they may not reach', () =>
  expect(renderTable(node, { links: [web, db], refused: ['192.0.2.0/24', '198.51.100.7'] })).toMatchFileSnapshot(
    golden('two-guests'),
  ));
test('a guest comes', () => expect(renderAdd(node, web)).toMatchFileSnapshot(golden('add')));
test('a guest goes', () => expect(renderRemove(node, web)).toMatchFileSnapshot(golden('remove')));
test('the table goes', () => expect(renderDeleteTable(node)).toMatchFileSnapshot(golden('delete-table')));
test('the guard', () => expect(renderGuard(node)).toMatchFileSnapshot(golden('guard')));
