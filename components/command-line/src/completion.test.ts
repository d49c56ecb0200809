import { expect, test } from 'vitest';
import { completionsFor } from './completion.ts';
import { createProgram } from './program.ts';

const complete = (...words: string[]) => completionsFor(createProgram(), words);

test('resources, verbs and options are completed from the program itself', () => {
  expect(complete('ins')).toEqual(['instance']);
  expect(complete('instance', 're')).toEqual(['reboot', 'rename', 'reset']);
  expect(complete('instance', 'create', '--me')).toEqual(['--memory']);
});

test('so are those of the domain', () => {
  expect(complete('component', '')).toEqual(['list', 'remove', 'show']);
  expect(complete('component', 'remove', '--l')).toEqual(['--lost']);
  expect(complete('join-token', 'create', '--')).toEqual(['--expires', '--json', '--role', '--uses']);
  expect(complete('join')).toEqual(['join', 'join-token']);
});

test('the hidden command is not offered', () => {
  expect(complete('__')).toEqual([]);
});
