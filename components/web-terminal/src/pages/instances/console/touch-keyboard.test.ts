import { expect, it } from 'vitest';
import { typedInto } from './touch-keyboard.tsx';

it('tells what a phone has typed from what has changed in the field', () => {
  expect(typedInto('____a', '____')).toEqual({ deletions: 0, text: 'a' });
  expect(typedInto('___', '____')).toEqual({ deletions: 1, text: '' });
  expect(typedInto('____ls\n', '____')).toEqual({ deletions: 0, text: 'ls\n' });
  expect(typedInto('', '____')).toEqual({ deletions: 4, text: '' });
  expect(typedInto('__x', '____')).toEqual({ deletions: 2, text: 'x' });
});
