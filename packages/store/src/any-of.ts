import { type RawBuilder, sql } from 'kysely';

/**
 * `column = any (…)` of these UUIDs, however many: one text for all lengths, and an array of which PostgreSQL sees how long it is.
 * Of a set made from JSON it expects a hundred, and looks for one node's instances among all that there are.
 */
export function anyOf<Id extends string>(ids: readonly Id[]): RawBuilder<Id> {
  return sql<Id>`any (${`{${ids.join(',')}}`}::uuid[])`;
}
