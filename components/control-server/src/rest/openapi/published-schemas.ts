/**
 * Schemas as they are published, for whatever reads JSON Schema. They say no more than they must: an answer may hold fields that this
 * version does not know (a strict client of today must bear the server of tomorrow), a pattern is one that every engine takes, and what
 * refers to itself without end is left open, because generators write code for it that does not compile.
 */
import { type Answer, isObject, type MediaTypes, type Schema } from './document.ts';

/** `\p{…}` is ECMAScript with a flag; Python, Go and others refuse it. The words beside it say the rule. */
export const portablePattern = (pattern: string): boolean => !/\\[pP]\{|\(\?<|\\u\{|\(\?i/.test(pattern);

/** The formats say it already, and in a tenth of the characters. */
const saidByFormat = new Set(['date-time', 'ipv4', 'uuid', 'uri']);

/** A record with a few known keys, all of them required, as an object with these properties: many tools read no `propertyNames`. */
function withKeysNamed(schema: Schema): Schema {
  const { propertyNames, additionalProperties, ...rest } = schema;
  const keys = isObject(propertyNames) && Array.isArray(propertyNames.enum) ? propertyNames.enum : undefined;
  if (!keys || !Array.isArray(schema.required) || !isObject(additionalProperties)) return schema;
  return { ...rest, properties: Object.fromEntries(keys.map((key) => [key, additionalProperties])) };
}

type Direction = 'request' | 'answer';

function published(value: unknown, direction: Direction): unknown {
  if (Array.isArray(value)) return value.map((item) => published(item, direction));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (key === 'additionalProperties' && inner === false && direction === 'answer') return [];
    if (key === 'pattern' && typeof inner === 'string') {
      if (!portablePattern(inner) || saidByFormat.has(String(value.format))) return [];
    }
    // The limits of a JavaScript number are nobody else's.
    if ((key === 'minimum' || key === 'maximum') && Math.abs(Number(inner)) === Number.MAX_SAFE_INTEGER) return [];
    // Of an object's keys that are strings there is nothing to say.
    if (key === 'propertyNames' && isObject(inner) && inner.type === 'string' && Object.keys(inner).length === 1)
      return [];
    return [[key, published(inner, direction)]];
  });
  const schema: Schema = withKeysNamed(Object.fromEntries(entries));
  // Sizes in bytes do not fit in the 32 bits that many generators take for an integer without a format.
  if (schema.type === 'integer' && schema.format === undefined) schema.format = 'int64';
  return schema;
}

export const requestSchema = (schema: Schema): Schema => published(schema, 'request') as Schema;
export const answerSchema = (schema: Schema): Schema => published(schema, 'answer') as Schema;

function media(content: MediaTypes, change: (schema: Schema) => Schema): MediaTypes {
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema, ...rest }]) => [
      type,
      { ...rest, ...(schema && { schema: change(schema) }) },
    ]),
  );
}
export const requestMedia = (content: MediaTypes): MediaTypes => media(content, requestSchema);
export const openAnswer = (answer: Answer): Answer =>
  answer.content ? { ...answer, content: media(answer.content, answerSchema) } : answer;
