import { expect, test } from 'vitest';
import { createProgram } from '../program.ts';
import { completionsFor } from './completions.ts';

async function complete(...words: string[]) {
  const { suggestions, ...rest } = completionsFor(await createProgram(words), words);
  return { values: suggestions.map(({ value }) => value), ...rest };
}
const values = async (...words: string[]) => (await complete(...words)).values;

test('resources, verbs and options are completed from the program itself', async () => {
  expect(await values('ins')).toEqual(['instance']);
  expect(await values('instance', 're')).toEqual(['reboot', 'rename', 'reset']);
  expect(await values('instance', 'create', '--me')).toEqual(['--memory']);
  expect(await values('component', '')).toEqual(['list', 'remove', 'show']);
  expect(await values('component', 'remove', '--l')).toEqual(['--lang', '--lost']);
  expect(await values('up', '--d')).toEqual(['--detach', '--domain']);
});

test('values of options are completed', async () => {
  expect(await values('instance', 'list', '--state', 'st')).toEqual(['starting', 'stopped', 'stopping']);
  expect(await values('image', 'upload', 'x.iso', '--kind=')).toEqual(['--kind=disk', '--kind=iso']);
  expect(await values('user', 'create', 'ann', 'o')).toEqual(['operator']);
  expect(await values('instance', 'create', 'web', '--disk', 'im')).toEqual(['image=']);
});

test('names and files are asked for where they are wanted', async () => {
  expect((await complete('instance', 'stop', 'a', '')).wanted).toEqual({
    kind: 'names',
    of: 'instance',
    action: 'stop',
  });
  expect((await complete('node', 'move', 'n', '')).wanted).toMatchObject({ of: 'pool' });
  expect((await complete('instance', 'show', 'web', '')).wanted).toEqual({ kind: 'none' });
  expect((await complete('instance', 'create', 'web', '--iso', '')).wanted).toMatchObject({
    of: 'image',
    action: 'iso',
  });
  expect(await complete('instance', 'create', 'web', '--disk', '10GiB,image=de')).toMatchObject({
    wanted: { of: 'image', action: 'disk' },
    prefix: '10GiB,image=',
    typed: 'de',
  });
  expect((await complete('image', 'upload', '')).wanted).toEqual({ kind: 'files' });
  expect((await complete('login', '--ca', '')).wanted).toEqual({ kind: 'files' });
});

test('the hidden command is not offered', async () => {
  expect(await values('__')).toEqual([]);
});
