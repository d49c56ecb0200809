import { expect, test } from 'vitest';
import { roleMay } from './identity/permissions.ts';
import { allKinds, eventKinds, eventWords, kindNames } from './kinds.ts';
import { catalogue } from './sentences/catalogue.ts';
import { placeholdersOf } from './sentences/sentence.ts';

test.each(allKinds)(
  '$name names only kinds that there are, and keys of its own',
  ({ name, stale = [], sentences = {} }) => {
    expect(kindNames).toEqual(expect.arrayContaining([...stale]));
    expect(stale).not.toContain(name);
    for (const key of Object.keys(sentences)) expect(key).toMatch(new RegExp(`^(field|${name})\\.`));
  },
);

test('no two kinds share a name or an address', () => {
  expect(new Set(kindNames).size).toBe(allKinds.length);
  expect(new Set(allKinds.map(({ plural }) => plural)).size).toBe(allKinds.length);
});

test.each(eventKinds)('%s says the same in both languages, in words that there are', (kind) => {
  const { en, zh, longer, words = {} } = eventWords(kind) ?? expect.unreachable();
  for (const said of longer ? [{ en, zh }, longer] : [{ en, zh }]) {
    expect(placeholdersOf(said.zh)).toEqual(placeholdersOf(said.en));
    expect(said.zh).toMatch(/\p{Script=Han}/u);
  }
  for (const prefix of Object.values(words))
    expect(
      Object.keys(catalogue).some((key) => key.startsWith(`${prefix}.`)),
      prefix,
    ).toBe(true);
});

test('roles hold what kinds give them', () => {
  expect(roleMay('viewer', 'instance:read')).toBe(true);
  expect(roleMay('viewer', 'instance:write')).toBe(false);
  expect(roleMay('operator', 'instance:console')).toBe(true);
  expect(roleMay('operator', 'image:import')).toBe(false);
  expect(roleMay('administrator', 'user:write')).toBe(true);
});

test('a permission that nobody declared is held by nobody', () => {
  expect(roleMay('administrator', 'moon:read' as 'node:read')).toBe(false);
});
