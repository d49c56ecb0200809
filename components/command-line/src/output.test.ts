import { expect, test } from 'vitest';
import { table } from './output.ts';

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
