/** Several instances by one request: made after one pattern, or given the same order. */
import { z } from 'zod';
import { nameSchema, referenceSchema } from '../fields.ts';
import { createInstanceSchema, startInstanceSchema, stopInstanceSchema } from './instance.ts';
import { nameRuleFault, namesByRule } from './name-rule.ts';

export const maxBatch = 1_000;
const most = `must be at most ${maxBatch}`;
const mostEntries = `must hold at most ${maxBatch} entries`;
const least = 'must hold at least 1 entries';

const { name: _, ...sharedFields } = createInstanceSchema.shape;

/** Either `count` and `nameRule`, or `names`. */
export const createInstancesSchema = z
  .strictObject({
    ...sharedFields,
    count: z.int('must be a whole number').min(1, 'must be at least 1').max(maxBatch, most).optional(),
    /** `web-{n}`, or `web-{n:03}` for at least three digits. */
    nameRule: z
      .string()
      .normalize('NFC')
      .min(1, 'must not be empty')
      .max(80, 'must have at most 80 characters')
      .optional(),
    /** The number of the first. */
    firstNumber: z
      .int('must be a whole number')
      .min(0, 'must be at least 0')
      .max(999_999, 'must be at most 999999')
      .default(1),
    names: z.array(nameSchema).min(1, least).max(maxBatch, mostEntries).optional(),
  })
  .superRefine(({ count, nameRule, firstNumber: from, names }, context) => {
    const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (names) {
      if (count !== undefined) wrong(['count'], 'must be left out where the names are given');
      if (nameRule !== undefined) wrong(['nameRule'], 'must be left out where the names are given');
      for (const [index, first] of repetitions(names)) wrong(['names', index], `is the same as names.${first}`);
      return;
    }
    if (count === undefined) wrong(['count'], 'is required');
    if (nameRule === undefined) wrong(['nameRule'], 'is required');
    const fault = nameRule === undefined ? undefined : nameRuleFault(nameRule, { count: count ?? 1, from });
    if (fault) wrong(['nameRule'], fault);
  });
export type CreateInstances = z.input<typeof createInstancesSchema>;

/** Index of each that was there before, and where. */
function repetitions(values: readonly string[]): [index: number, first: number][] {
  const firsts = new Map<string, number>();
  return values.flatMap((value, index): [number, number][] => {
    const first = firsts.get(value);
    if (first === undefined) firsts.set(value, index);
    return first === undefined ? [] : [[index, first]];
  });
}

/** What the request wants them to be called. */
export function batchNames({ names, nameRule, count, firstNumber }: z.output<typeof createInstancesSchema>): string[] {
  return names ?? namesByRule(nameRule ?? '', { count: count ?? 0, from: firstNumber });
}

const instances = z.array(referenceSchema).min(1, least).max(maxBatch, mostEntries);
export const startInstancesSchema = startInstanceSchema.extend({ instances });
export const stopInstancesSchema = stopInstanceSchema.extend({ instances });
export const deleteInstancesSchema = z.strictObject({ instances });
