/** Errors about things by their names, alike for every kind. */
import { type Sentence, type SentenceKey, say } from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';
import { violatedConstraint } from '@zhiyun/store';

export type NounKey = SentenceKey extends infer Key ? (Key extends `noun.${infer Noun}` ? Noun : never) : never;

export function nounOf(noun: NounKey): Sentence {
  return say(`noun.${noun}`);
}

/** `path`: the field of the request that names it; then it is that field which is wrong, else the address. */
export function notFound(noun: NounKey, reference: string, path?: string): PlatformError {
  const sentence = say('common.unknown', { kind: nounOf(noun), reference });
  if (path === undefined) return new PlatformError('not-found', sentence);
  const errors = [fieldError(path, say('field.names-nothing', { kind: nounOf(noun) }))];
  return new PlatformError('invalid-request', sentence, { errors });
}

export function nameTaken(noun: NounKey, name: string, path = 'name'): PlatformError {
  const errors = [fieldError(path, say('field.in-use'))];
  return new PlatformError('name-taken', say('common.name-taken', { kind: nounOf(noun), name }), { errors });
}

/** `names`: the first of `count`. */
export function firstNames(names: readonly string[], count: number): string | Sentence {
  const quoted = names.map((name) => `«${name}»`).join(', ');
  return count > names.length ? say('common.and-more', { names: quoted, count: count - names.length }) : quoted;
}

/** Writes a row whose name must be unique. `constraint`: of the table, by PostgreSQL's convention. Throws `name-taken`. */
export async function uniqueName<T>(
  noun: NounKey,
  name: string,
  constraint: string,
  writing: Promise<T>,
  path = 'name',
): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    throw violatedConstraint(error) === constraint ? nameTaken(noun, name, path) : error;
  }
}
