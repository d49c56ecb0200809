/**
 * Search by part of a name: migration 0010 keeps words (three neighbouring characters each, and rests of addresses) in an index.
 * It says who may match; whether one does is seen from the row.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Narrowing } from './page-of-ids.ts';

/** By the name alone. `id`: the column of the id in `table`. */
export function searchByName(table: string, part: string, id = 'id'): Narrowing {
  return {
    candidates: sql`select ${sql.ref(id)} as id from ${sql.table(table)}
      where search_words(name) @@ ${queryOf(part)}`,
    matches: nameMatches(part),
  };
}

/** Instances: also by any groups of an address or MAC address, and by the beginning of the id (at least its first group). */
export function searchInstances(part: string): Narrowing {
  const byWord = sql`select instance_id as id from instance_search where words @@ ${queryOf(part)}`;
  const groups = addressPart(part);
  const conditions = [nameMatches(part)];
  if (groups?.includes('.')) conditions.push(sql`position(${`.${groups}`} in '.' || address) > 0`);
  if (groups?.includes(':')) {
    conditions.push(sql`position(${`:${groups}`} in ':' || mac_address) > 0`);
    conditions.push(sql`position(${`:${groups}`} in ':' || address) > 0`);
  }
  const ids = idsBeginningWith(part);
  if (ids) conditions.push(sql`id between ${ids.first}::uuid and ${ids.last}::uuid`);
  return {
    candidates: ids
      ? sql`${byWord} union (select id from instance where id between ${ids.first}::uuid and ${ids.last}::uuid limit 2000)`
      : byWord,
    matches: sql`(${sql.join(conditions, sql` or `)})`,
  };
}

function nameMatches(part: string): RawBuilder<unknown> {
  return sql`position(lower(${part}::text) in lower(name)) > 0`;
}

/** Lower case by PostgreSQL, as the words are: what else than ASCII it knows is a matter of the database's locale. */
function queryOf(part: string): RawBuilder<unknown> {
  return sql`lower(${wordsOf(part)}::text)::tsquery`;
}

/** Text of a tsquery. */
export function wordsOf(part: string): string {
  const characters = [...part];
  const words = characters.slice(2).map((_, at) => characters.slice(at, at + 3).join(''));
  // Fewer than three characters begin a word, wherever in the name they are. A long part is known by its first words.
  const inName = words.length > 0 ? [...new Set(words)].slice(0, 16).map(quoted).join('&') : `${quoted(part)}:*`;
  const groups = addressPart(part);
  return groups === undefined ? inName : `(${inName})|${quoted(`=${groups}`)}:*`;
}

/** `.0.5` and `0.5` are the same groups. Undefined for what is no part of an address. */
function addressPart(part: string): string | undefined {
  const text = part.toLowerCase();
  if (!/^[0-9a-f.:]+$/.test(text) || !/[.:]/.test(text)) return undefined;
  const groups = text.replace(/^[.:]/, '');
  return /[.:]/.test(groups) ? groups : undefined;
}

function idsBeginningWith(part: string): { first: string; last: string } | undefined {
  const text = part.toLowerCase();
  const form = /^[0-9a-f]{8}(-([0-9a-f]{0,4}(-([0-9a-f]{0,4}(-([0-9a-f]{0,4}(-[0-9a-f]{0,12})?)?)?)?)?)?)?$/;
  if (!form.test(text)) return undefined;
  const filled = (digit: string) =>
    text + 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'.slice(text.length).replaceAll('x', digit);
  return { first: filled('0'), last: filled('f') };
}

/** The quotes make a lexeme of anything; inside them only quotes and backslashes are special. */
function quoted(word: string): string {
  return `'${word.replace(/['\\]/g, '$&$&')}'`;
}
