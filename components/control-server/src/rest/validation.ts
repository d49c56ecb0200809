/** Zod's issues as the API shows them: every wrong field with its path and a sentence that continues the field's name. */
import { type FieldError, recognizeField, type Sentence, say } from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';
import type { z } from 'zod';

const typeNames: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Used where the schema says nothing itself. */
function humanMessage(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `must be ${typeNames[issue.expected] ?? `of the type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return `must ${bound(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return 'is not valid';
  }
}

function bound(origin: string, which: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${which} ${limit} characters`;
  if (origin === 'array') return `hold ${which} ${limit} entries`;
  return `be ${which} ${limit}`;
}

function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => fieldError([...issue.path, key].join('.'), say('field.unknown')));
    }
    return [said(issue.path.join('.'), issue.message)];
  });
}

/** A schema's message is English; its sentence is found by its words. */
function said(path: string, message: string): FieldError {
  const sentence = recognizeField(message);
  return { path, message, ...(sentence && { sentence }) };
}

const partNames = { params: 'path', querystring: 'query', body: 'body' } as const;

/** Text that the database cannot keep and nobody can read: a NUL, or half of a surrogate pair. */
function unkeepable(input: unknown, path: readonly string[] = []): FieldError[] {
  if (typeof input === 'string') {
    const isKeepable = !input.includes('\0') && input.isWellFormed();
    return isKeepable ? [] : [fieldError(path.join('.'), say('field.characters'))];
  }
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) => unkeepable(value, [...path, key]));
}

/** The parsed value, or `invalid-request` with every wrong field. */
export function parseRequestPart(schema: z.ZodType, part: keyof typeof partNames, input: unknown): unknown {
  const result = schema.safeParse(input, { error: humanMessage });
  const errors = [...unkeepable(input), ...fieldErrors(result.error?.issues ?? [])];
  if (errors.length === 0) return result.data;
  const reasons = errors.map(({ path, message, sentence }) =>
    say('rest.field-reason', { field: path || say(`rest.part-${partNames[part]}`), reason: sentence ?? message }),
  );
  throw new PlatformError('invalid-request', say('rest.not-valid', { reasons }), { errors });
}

export function wrongHeader(header: string, reason: Sentence): PlatformError {
  const errors = [fieldError(header, reason)];
  return new PlatformError('invalid-request', say('rest.header', { header, reason }), { errors });
}
