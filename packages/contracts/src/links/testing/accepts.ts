/**
 * Would who reads by one JSON Schema take everything that is written by another? Of JSON Schema only what zod makes of our messages; what
 * is not known here is a failure and not passed over.
 */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Where a reader would refuse what a writer may say, and why. Empty: nowhere. */
export function refusals(reader: JsonSchema, writer: JsonSchema, path = ''): string[] {
  const say = (why: string) => [`${path || 'the whole'}: ${why}`];
  const written = alternatives(writer);
  if (written) return written.flatMap((one) => refusals(reader, one, path));
  const read = alternatives(reader);
  if (read) return readByOne(read, writer, path);
  if (isAnything(reader)) return [];
  if (isAnything(writer)) return say('may be anything');
  const values = valuesOf(reader);
  if (values) {
    const others = valuesOf(writer)?.filter((value) => !values.includes(value)) ?? ['any value'];
    return others.length > 0 ? say(`may be ${others.join(', ')}`) : [];
  }
  if (!isType(reader, writer)) return say(`is ${String(writer.type)} where ${String(reader.type)} is read`);
  if (valuesOf(writer)) return [];
  switch (reader.type) {
    case 'object':
      return ofObjects(reader, writer, path);
    case 'array':
      return [
        ...ofLimits(reader, writer, path),
        ...refusals(asSchema(reader.items), asSchema(writer.items), `${path}[]`),
      ];
    default:
      return ofLimits(reader, writer, path);
  }
}

function readByOne(read: readonly JsonSchema[], writer: JsonSchema, path: string): string[] {
  const tries = read.map((one) => refusals(one, writer, path));
  // Of alternatives that are told by a kind, the one of the same kind says best what is wrong.
  const best = tries.toSorted((a, b) => a.length - b.length)[0] ?? [];
  const sameKind = tries[read.findIndex((one) => kindOf(one) !== undefined && kindOf(one) === kindOf(writer))];
  return tries.some((found) => found.length === 0) ? [] : (sameKind ?? best);
}

function ofObjects(reader: JsonSchema, writer: JsonSchema, path: string): string[] {
  const [read, written] = [propertiesOf(reader), propertiesOf(writer)];
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const required = listOf(reader.required)
    .filter((name) => !listOf(writer.required).includes(name))
    .map((name) => `${at(name)}: may be left out where it must be there`);
  const others = Object.keys(written).filter((name) => !(name in read));
  const unknown = reader.additionalProperties === false ? others.map((name) => `${at(name)}: is not expected`) : [];
  const known = Object.entries(read).flatMap(([name, schema]) =>
    written[name] ? refusals(schema, written[name], at(name)) : [],
  );
  return [...required, ...unknown, ...known, ...ofRecords(reader, writer, path)];
}

/** Objects with any names: their values. */
function ofRecords(reader: JsonSchema, writer: JsonSchema, path: string): string[] {
  const [read, written] = [reader.additionalProperties, writer.additionalProperties];
  return isObject(read) && isObject(written) ? refusals(read, written, `${path}{}`) : [];
}

const lower = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const upper = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];
const exact = ['pattern', 'format', 'multipleOf'];

function ofLimits(reader: JsonSchema, writer: JsonSchema, path: string): string[] {
  const broken = [
    ...lower.filter((limit) => limit in reader && !(Number(writer[limit]) >= Number(reader[limit]))),
    ...upper.filter((limit) => limit in reader && !(Number(writer[limit]) <= Number(reader[limit]))),
    ...exact.filter((limit) => limit in reader && writer[limit] !== reader[limit]),
  ];
  return broken.map(
    (limit) => `${path || 'the whole'}: ${limit} ${String(reader[limit])} is read, ${String(writer[limit])} written`,
  );
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] | undefined {
  if (Array.isArray(schema.type)) return (schema.type as unknown[]).map((type) => ({ ...schema, type }));
  const found = schema.anyOf ?? schema.oneOf;
  return Array.isArray(found) ? (found as JsonSchema[]) : undefined;
}

/** Of one of several kinds of message. */
function kindOf(schema: JsonSchema): unknown {
  return propertiesOf(schema).type?.const;
}

function isAnything(schema: JsonSchema): boolean {
  const { $schema: _, default: _default, description: _description, ...rest } = schema;
  return Object.keys(rest).length === 0;
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? (schema.enum as unknown[]) : undefined;
}

function isType(reader: JsonSchema, writer: JsonSchema): boolean {
  return reader.type === writer.type || (reader.type === 'number' && writer.type === 'integer');
}

function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  return (schema.properties ?? {}) as Record<string, JsonSchema>;
}

function asSchema(value: unknown): JsonSchema {
  if (isObject(value)) return value;
  throw new Error(`An array of ${JSON.stringify(value)} is not understood here`);
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}
