import { type RawBuilder, sql } from 'kysely';

/**
 * `column = any (…)` with the UUIDs as one array: one statement text for all lengths, and the planner sees how many
 * there are. For a set made from JSON PostgreSQL assumes a hundred rows and picks the wrong index.
 */
export function anyOf<Id extends string>(ids: readonly Id[]): RawBuilder<Id> {
  return sql<Id>`any (${`{${ids.join(',')}}`}::uuid[])`;
}
