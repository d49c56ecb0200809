import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameSchema } from '../fields.ts';
import { recognizeField } from '../sentences/index.ts';
import { nameRuleFault, nameRuleMessages, namesByRule } from './name-rule.ts';

test('numbers stand where the rule says, with as many digits', () => {
  expect(namesByRule('web-{n}', { count: 3, from: 1 })).toEqual(['web-1', 'web-2', 'web-3']);
  expect(namesByRule('web-{n:03}-eu', { count: 2, from: 9 })).toEqual(['web-009-eu', 'web-010-eu']);
  expect(namesByRule('{n:02}', { count: 2, from: 99 })).toEqual(['99', '100']);
  expect(namesByRule('solo', { count: 1, from: 1 })).toEqual(['solo']);
});

test.each([
  ['web', 2, nameRuleMessages.numberless],
  ['web-{n}-{n}', 2, nameRuleMessages.shape],
  ['web-{m}', 2, nameRuleMessages.shape],
  ['web-{n:3}', 2, nameRuleMessages.shape],
  ['web-{n:00}', 2, nameRuleMessages.shape],
  ['web-{n', 1, nameRuleMessages.shape],
  ['web {n}', 2, expect.stringContaining('must start with a letter or digit')],
  ['-{n}', 2, expect.stringContaining('must start with a letter or digit')],
  [`${'x'.repeat(62)}{n}`, 10, 'must have at most 63 characters'],
])('%s for %i is refused, saying why', (rule, count, why) => {
  const fault = nameRuleFault(rule, { count, from: 1 });
  expect(fault).toEqual(why);
  expect(recognizeField(String(fault))).toBeDefined();
});

test('a rule without fault makes as many names as wanted, all good and all different', () => {
  const rule = fc
    .tuple(
      fc.stringMatching(/^[a-z0-9._-]{0,30}$/),
      fc.constantFrom('{n}', '{n:02}', '{n:09}'),
      fc.stringMatching(/^[a-z.-]{0,30}$/),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(rule, fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 999_999 }), (text, count, from) => {
      fc.pre(nameRuleFault(text, { count, from }) === undefined);
      const names = namesByRule(text, { count, from });
      expect(new Set(names).size).toBe(count);
      for (const name of [names[0], names.at(-1)]) expect(nameSchema.safeParse(name).success).toBe(true);
    }),
  );
});
