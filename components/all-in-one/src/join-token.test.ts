import { expect, test } from 'vitest';
import { withoutToken } from './join-token.ts';

test('what is passed on holds no token, however it was typed', () => {
  const rest = ['join', '--role', 'node-client'];
  for (const token of [
    ['--token', 'zy1.x'],
    ['--token=zy1.x'],
    ['--token-file', '/f'],
    ['--token-file=/f'],
    ['--token', '-'],
  ])
    expect(withoutToken([...rest, ...token, '--json'])).toEqual([...rest, '--json', '--token', '-']);
});
