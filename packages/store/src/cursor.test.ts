import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

test('a cursor gives back its key', () => {
  const cursor = encodeCursor('instances:name', ['网站-1', 7]);
  expect(decodeCursor('instances:name', cursor, 2)).toEqual(['网站-1', 7]);
});

test.each([
  ['of another order', encodeCursor('instances:-name', ['web-1'])],
  ['with another key', encodeCursor('instances:name', ['web-1', 7])],
  ['with an object inside', Buffer.from('["instances:name",{}]').toString('base64url')],
  ['that is none', 'bm8'],
  ['that is empty', ''],
])('a cursor %s is refused', (_, cursor) => {
  expect(() => decodeCursor('instances:name', cursor)).toThrow(
    expect.objectContaining({ code: 'invalid-request', errors: [expect.objectContaining({ path: 'cursor' })] }),
  );
});
