import { activeOperationStates, type listOperationsQuerySchema, type Page } from '@zhiyun/contracts';
import { page, plannedAnew, type Store } from '@zhiyun/store';
import { type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import type { OperationRow } from './operation-row.ts';

export type ListOperationsQuery = z.output<typeof listOperationsQuerySchema>;

/** As literals, so that PostgreSQL can use the partial index of active operations. */
const isActive = sql`state in (${sql.join(activeOperationStates.map((state) => sql.lit(state)))})`;

/** Newest first. `target` is an id or a name. */
export function listOperationRows({ db }: Store, query: ListOperationsQuery): Promise<Page<OperationRow>> {
  const { state, active, kind, targetKind, target, parent } = query;
  const conditions = [
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(active === undefined ? [] : [active === 'true' ? isActive : sql`not ${isActive}`]),
    ...(kind === undefined ? [] : [sql`kind = ${kind}`]),
    ...(parent === undefined ? [] : [parent === 'none' ? sql`parent is null` : sql`parent = ${parent}`]),
    ...(targetKind === undefined ? [] : [sql`target_kind = ${targetKind}`]),
  ];
  return page<OperationRow, OperationRow>(query, {
    list: 'operations:-id',
    keyOf: ({ id }) => [id],
    read(after, count) {
      const rest = after ? [sql`id < ${String(after[0])}::uuid`, ...conditions] : conditions;
      // Each by an index of its own, which also has the order: with an `or` all operations are read.
      const pages =
        target === undefined
          ? [firstIds(rest, count)]
          : [sql`target_id = ${target}`, sql`target_name = ${target}`].map((is) => firstIds([...rest, is], count));
      return db
        .selectFrom('operation')
        .selectAll()
        .where('id', 'in', sql<OperationRow['id']>`(${sql.join(pages, sql` union all `)})`)
        .orderBy('id', 'desc')
        .limit(count)
        .execute();
    },
    show: (rows) => rows,
  });
}

function firstIds(conditions: readonly RawBuilder<unknown>[], count: number): RawBuilder<unknown> {
  const where = conditions.length > 0 ? sql`${sql.raw(plannedAnew)} where ${sql.join(conditions, sql` and `)}` : sql``;
  return sql`(select id from operation ${where} order by id desc limit ${count})`;
}
