import { type RawBuilder, sql } from 'kysely';

/**
 * `column = any (…)` with the UUIDs as one array: one statement text for all lengths, and the planner sees how many
 * there are. Of a set made from JSON PostgreSQL expects a hundred rows, and chooses a worse plan.
 */
export function anyOf<Id extends string>(ids: readonly Id[]): RawBuilder<Id> {
  return sql<Id>`any (${`{${ids.join(',')}}`}::uuid[])`;
}
