import { expect, test } from 'vitest';
import { table, tableLayout } from './output.ts';
import { localTime } from './times.ts';

test('columns line up also with Chinese names', () => {
  expect(
    table(
      ['NAME', 'STATE'],
      [
        ['网站', 'running'],
        ['db', 'stopped'],
      ],
    ),
  ).toBe('NAME  STATE\n网站  running\ndb    stopped');
});

test('a name cannot drive the terminal', () => {
  expect(table(['NAME'], [['\u001b[31mred\u0007']])).toBe('NAME\nred?');
});

test('rows of a later page line up with the first, and are whole', () => {
  const layOut = tableLayout([
    ['NAME', 'STATE'],
    ['web', 'running'],
  ]);
  expect(
    layOut([
      ['db', 'stopped'],
      ['a-long-name', 'running'],
    ]),
  ).toBe('db    stopped\na-long-name  running');
});

test('times are those of the place, with the zone said', () => {
  expect(localTime('2026-01-01T00:00:00.000Z')).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:00 [+-]\d\d:\d\d$/);
  expect(Date.parse(localTime('2026-01-01T00:00:00.000Z'))).toBe(Date.parse('2026-01-01T00:00:00.000Z'));
});
