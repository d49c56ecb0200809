import { expect, test } from 'vitest';
import { wordsOf } from './search.ts';

test.each([
  ['web-1', "'web'&'eb-'&'b-1'"],
  ['we', "'we':*"],
  ['w', "'w':*"],
  ['云主机器', "'云主机'&'主机器'"],
  ['aaaaa', "'aaa'"],
  ["o'x", "'o''x'"],
  ['a\\', "'a\\\\':*"],
  ['100.64', "('100'&'00.'&'0.6'&'.64')|'=100.64':*"],
  ['.3.17', "('.3.'&'3.1'&'.17')|'=3.17':*"],
  ['52:AB', "('52:'&'2:A'&':AB')|'=52:ab':*"],
  ['3.', "('3.':*)|'=3.':*"],
  ['.', "'.':*"],
])('%s is asked for as %s', (part, words) => {
  expect(wordsOf(part)).toBe(words);
});

test('of a long part the first words are enough', () => {
  const long = [...Array(60).keys()].map((n) => String.fromCodePoint(0x4e00 + n)).join('');
  expect(wordsOf(long).split('&')).toHaveLength(16);
});
