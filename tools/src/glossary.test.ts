/** The glossary holds the words that users and developers meet: kinds, roles, types of components and states. */
import { readFileSync } from 'node:fs';
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

const glossary = readFileSync(resolve(import.meta.dirname, '../../docs/glossary.md'), 'utf8');

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
