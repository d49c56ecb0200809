import { expect, test } from 'vitest';
import { z } from 'zod';
import { type JsonSchema, refusals } from './accepts.ts';

const schema = (type: z.ZodType) => z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
const base = { id: z.string(), state: z.enum(['on', 'off']) };
const kinds = (...types: string[]) =>
  z.discriminatedUnion('type', types.map((type) => z.object({ type: z.literal(type), n: z.int() })) as never);

test.each([
  ['the same', z.object(base), z.object(base)],
  ['a field that came later', z.object(base), z.object({ ...base, more: z.int() })],
  ['a field that came later, as optional', z.object({ ...base, more: z.int().optional() }), z.object(base)],
  ['a field that came later, with a default', z.object({ ...base, more: z.int().default(1) }), z.object(base)],
  ['fewer values', z.object(base), z.object({ ...base, state: z.enum(['on']) })],
  ['what may be null, where it is none', z.string().nullable(), z.string()],
  ['a narrower number', z.int(), z.int().min(1).max(5)],
  ['an integer', z.number(), z.int()],
  ['one kind less', kinds('a', 'b'), kinds('a')],
  ['anything', z.unknown(), z.object(base)],
])('takes %s', (_, reader, writer) => {
  expect(refusals(schema(reader), schema(writer))).toEqual([]);
});

test.each([
  [
    'a field that must be there and was not',
    z.object({ ...base, more: z.int() }),
    z.object(base),
    /more: may be left out/,
  ],
  ['a field that is gone', z.object(base), z.object({ id: z.string() }), /state: may be left out/],
  [
    'a value that came later',
    z.object(base),
    z.object({ ...base, state: z.enum(['on', 'off', 'sick']) }),
    /may be sick/,
  ],
  ['another type', z.object(base), z.object({ ...base, id: z.int() }), /id: is integer where string/],
  ['null', z.object(base), z.object({ ...base, id: z.string().nullable() }), /id: is null/],
  [
    'an unknown field, where none is expected',
    z.strictObject(base),
    z.object({ ...base, more: z.int() }),
    /more: is not/,
  ],
  ['a wider number', z.int().max(5), z.int(), /maximum 5 is read/],
  ['one kind more', kinds('a'), kinds('a', 'b'), /may be b/],
  [
    'a field deep inside',
    z.array(z.object({ a: z.object(base) })),
    z.array(z.object({ a: z.object({}) })),
    /\[\]\.a\.id/,
  ],
  ['anything', z.string(), z.unknown(), /anything/],
])('refuses %s', (_, reader, writer, why) => {
  expect(refusals(schema(reader), schema(writer)).join('; ')).toMatch(why);
});
