/** The glossary holds the words that users and developers meet: kinds, roles, types of components, states, and names of folders. */
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  componentStates,
  imageStates,
  instanceStates,
  kindNames,
  linkStates,
  nodeStates,
  operationStates,
  roles,
  stepStates,
} from '@zhiyun/contracts';
import { componentTypes } from '@zhiyun/contracts/links';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const glossary = readFileSync(resolve(root, 'docs/glossary.md'), 'utf8');

const pascal = (name: string) => name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

test('every kind, role, type of component and state is in the glossary', () => {
  const states = [
    ...instanceStates,
    ...nodeStates,
    ...componentStates,
    ...linkStates,
    ...operationStates,
    ...stepStates,
    ...imageStates,
  ];
  const words = [...kindNames.map(pascal), ...roles, ...componentTypes, ...states];
  const missing = words.filter((word) => !glossary.includes(`\`${word}\``));
  expect([...new Set(missing)]).toEqual([]);
});

/** Words of every program, not of this one. */
const general = [
  'background',
  'commands',
  'completion',
  'files',
  'golden',
  'list',
  'network',
  'openapi',
  'postgres',
  'process',
  'qemu',
  'qmp',
  'rest',
  'system',
  'tables',
  'testing',
  'words',
];

test('folders of packages and servers are named by words of the glossary', () => {
  const files = globSync('{packages,components}/*/src/**/*.ts', { cwd: root }).filter(
    (file) => !file.includes('/web-terminal/'),
  );
  const folders = new Set(files.flatMap((file) => file.split('/').slice(3, -1)));
  const known = (name: string) => {
    const words = name.replace(/s$/, '').split('-').join('[ -]?');
    return new RegExp(`\\b${words}s?\\b`, 'i').test(glossary);
  };
  expect([...folders].filter((name) => !general.includes(name) && !known(name))).toEqual([]);
});
