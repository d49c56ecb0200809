/**
 * Components of the releases in `golden/` and of this one understand each other, whoever calls whom: what either may say, the other
 * takes. When this fails, do not change the golden file: see docs/guides/change-a-shape.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../errors.ts';
import { codeFor } from './first-codes.ts';
import { linkProtocol } from './protocol.ts';
import { type JsonSchema, refusals } from './testing/accepts.ts';
import { type DescribedMethod, describeLinks } from './testing/describe-links.ts';

const directory = join(import.meta.dirname, 'golden');
const releases = readdirSync(directory).map((file) => ({
  release: file.replace(/^release-|\.json$/g, ''),
  methods: JSON.parse(readFileSync(join(directory, file), 'utf8')) as Record<string, DescribedMethod>,
}));
const present = describeLinks();

/** What is said only to peers that are known to take it: `method refusal`, and why it is not said to others. */
const pluralConfig = 'a node of protocol 2 hears the configuration as it knows it: `downgradeInstanceConfig`';
const neverSaid: Record<string, string> = {
  'node-client/prepareInstance config.macAddress: may be left out where it must be there': pluralConfig,
  'node-client/startInstance config.macAddress: may be left out where it must be there': pluralConfig,
  'node-client/rebootInstance config.macAddress: may be left out where it must be there': pluralConfig,
};

function saidBy(method: string, found: readonly string[]): string[] {
  return found.map((refusal) => `${method} ${refusal}`).filter((line) => !(line in neverSaid) && !isLaterCode(line));
}

/** `codeFor` keeps them from older peers. */
function isLaterCode(line: string): boolean {
  const codes = /error\.code: may be (.*)$/.exec(line)?.[1]?.split(', ') ?? [];
  return codes.length > 0 && codes.every((code) => codeFor(code as ErrorCode, linkProtocol.oldest) === 'internal');
}

describe.each(releases)('release $release', ({ methods }) => {
  test.each(Object.entries(methods))('%s', (name, old) => {
    const now = present[name];
    if (!now) throw new Error('the method is no more: older components still call it');
    expect(now.kind).toBe(old.kind);
    expect(now.callers).toEqual(expect.arrayContaining([...old.callers]));
    expect({
      'an older caller is refused by us': saidBy(name, refusals(now.params, old.params)),
      'we are refused by an older one': saidBy(name, refusals(old.params, now.params)),
      'an older answer is not taken by us': answers(name, now.answer, old.answer),
      'our answer is not taken by an older caller': answers(name, old.answer, now.answer),
    }).toEqual({
      'an older caller is refused by us': [],
      'we are refused by an older one': [],
      'an older answer is not taken by us': [],
      'our answer is not taken by an older caller': [],
    });
  });
});

function answers(name: string, reader: JsonSchema | undefined, writer: JsonSchema | undefined): string[] {
  return reader && writer ? saidBy(name, refusals(reader, writer)) : [];
}

test('what is never said is a change that there is', () => {
  const all = releases.flatMap(({ methods }) =>
    Object.entries(methods).flatMap(([name, old]) => {
      const now = present[name];
      if (!now) return [];
      const pairs = [
        [old.params, now.params],
        [now.params, old.params],
        ...(old.answer && now.answer
          ? [
              [old.answer, now.answer],
              [now.answer, old.answer],
            ]
          : []),
      ] as [JsonSchema, JsonSchema][];
      return pairs.flatMap(([reader, writer]) => refusals(reader, writer).map((refusal) => `${name} ${refusal}`));
    }),
  );
  expect(Object.keys(neverSaid).filter((line) => !all.includes(line))).toEqual([]);
});
