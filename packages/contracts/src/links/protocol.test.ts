import { expect, test } from 'vitest';
import { commonProtocol, formatProtocols, parseProtocols } from './protocol.ts';

const range = (oldest: number, newest = oldest) => ({ oldest, newest });

test.each([
  ['the same', range(1, 2), range(1, 2), 2],
  ['one of before', range(1, 2), range(1), 1],
  ['one of after', range(1, 2), range(2, 7), 2],
  ['none in common', range(1, 2), range(3, 4), undefined],
])('%s', (_, one, other, common) => {
  expect(commonProtocol(one, other)).toBe(common);
  expect(commonProtocol(other, one)).toBe(common);
});

test('a range is read as it is written, and nothing else is', () => {
  for (const one of [range(1), range(1, 2), range(3, 12)]) expect(parseProtocols(formatProtocols(one))).toEqual(one);
  for (const text of [undefined, '', '0', '2-1', '1-', '1.5', '-1', '1-2-3', ' 1', '1234567'])
    expect(parseProtocols(text)).toBeUndefined();
});
