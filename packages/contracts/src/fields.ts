/** Field rules shared by several resources. Messages are for people and continue the field's name. */
import { z } from 'zod';
import { isUuid } from './ids.ts';

/**
 * Letters and digits of any script, then also their marks (many scripts write no word without) and `.`, `_`, `-`; 1 to 63
 * characters; never shaped like an id. Composed (NFC): the same word is the same name, however a keyboard or a file system spells it.
 */
export const nameSchema = z
  .string()
  .normalize('NFC')
  .min(1, 'must not be empty')
  .max(63, 'must have at most 63 characters')
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u,
    'must start with a letter or digit and hold only letters, digits, ".", "_" and "-"',
  )
  .refine((name) => !isUuid(name.toLowerCase()), 'must not look like an id');

/** An id or a name: wherever a request refers to another resource. */
export const referenceSchema = z
  .string()
  .normalize('NFC')
  .min(1, 'must be an id or a name')
  .max(63, 'must be an id or a name');

/** A part of a name. */
export const searchSchema = z.string().normalize('NFC').max(63);

export const timestampSchema = z.iso.datetime();

/** Every list answers `{ items, nextCursor }`; `nextCursor` is null on the last page. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Lists that can say how many fit count so far; an answer of so many means «as many, or more». */
export const mostCounted = 10_000;

export const pageQueryFields = {
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(500, 'must be at most 500')
    .default(50),
  cursor: z.string().max(500).optional(),
};
