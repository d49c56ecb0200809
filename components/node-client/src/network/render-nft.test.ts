import { expect, test } from 'vitest';
import { renderAdd, renderDeleteTable, renderRemove, renderTable } from './render-nft.ts';
import { guestLink } from './slots.ts';

const node = 'abcdef12';
const web = guestLink(node, 0, '02:00:00:00:00:01');
const db = guestLink(node, 46655, '02:00:00:00:00:02');
const golden = (name: string) => `golden/${name}.golden`;

test('an empty table without DNS', () =>
  expect(renderTable(node, { dns: false, links: [] })).toMatchFileSnapshot(golden('empty-table')));
test('a table with two guests and DNS', () =>
  expect(renderTable(node, { dns: true, links: [web, db] })).toMatchFileSnapshot(golden('two-guests')));
test('a guest comes', () => expect(renderAdd(node, web)).toMatchFileSnapshot(golden('add')));
test('a guest goes', () => expect(renderRemove(node, web)).toMatchFileSnapshot(golden('remove')));
test('the table goes', () => expect(renderDeleteTable(node)).toMatchFileSnapshot(golden('delete-table')));
