import { expect, test } from 'vitest';
import { table, unsaidErrors } from './output.ts';

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

test('a field error is told unless the sentence before has told it', () => {
  const errors = [
    { path: 'name', message: 'is required' },
    { path: 'disks.0.sizeBytes', message: 'must be more than 0' },
    { path: '', message: 'must hold something' },
  ];
  const detail = 'The request is not valid: name is required; the body must hold something.';
  expect(unsaidErrors({ detail, errors })).toEqual(['disks.0.sizeBytes: must be more than 0']);
  expect(unsaidErrors({ detail: 'No node has room.', errors })).toHaveLength(3);
});
