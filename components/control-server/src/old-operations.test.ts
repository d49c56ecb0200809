/**
 * Operations as the first release wrote them into its journal, `golden/operations.json`: this release goes on with each of them. A
 * version more of a kind brings a golden entry more; see docs/guides/change-a-shape.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OldOperation, readOldOperation } from '@zhiyun/transaction/testing';
import { expect, test } from 'vitest';
import { transactionsOfAll } from './modules.ts';

const nothing = {} as never;
const definitions = transactionsOfAll(nothing);
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/operations.json'), 'utf8')) as OldOperation[];

test.each(golden)('$kind of version $version is understood', (old) => {
  const definition = definitions.find(({ kind }) => kind === old.kind);
  if (!definition) throw new Error('its kind is no more');
  const { params, memory } = readOldOperation(definition, old);
  expect(params).toMatchObject(definition.params.parse(params) as object);
  if (!definition.upgrades) expect({ params, memory }).toMatchObject({ params: old.params, memory: old.memory });
});

test('every version of every kind that is no longer written is among them', () => {
  const present = new Set(golden.map(({ kind, version }) => `${kind} ${version}`));
  const wanted = definitions.flatMap(({ kind, upgrades = [] }) => upgrades.map((_, index) => `${kind} ${index + 1}`));
  expect(wanted.filter((one) => !present.has(one))).toEqual([]);
});
