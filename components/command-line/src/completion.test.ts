import { expect, test } from 'vitest';
import { completionsFor } from './completion.ts';
import { createProgram } from './program.ts';

const complete = (...words: string[]) => completionsFor(createProgram(), words);

test('resources, verbs and options are completed from the program itself', () => {
  expect(complete('ins')).toEqual(['instance']);
  expect(complete('instance', 're')).toEqual(['reboot', 'rename', 'reset']);
  expect(complete('instance', 'create', '--me')).toEqual(['--memory']);
});

test('the hidden command is not offered', () => {
  expect(complete('__')).toEqual([]);
});
