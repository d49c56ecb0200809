import { activeOperationStates, type listOperationsQuerySchema, type Page } from '@zhiyun/contracts';
import { decodeCursor, encodeCursor, plannedAnew, type Store } from '@zhiyun/store';
import { type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import type { OperationRow } from './operation-row.ts';

export type ListOperationsQuery = z.output<typeof listOperationsQuerySchema>;

const sort = 'operations:-id';

/** As literals, so that PostgreSQL can use the partial index of active operations. */
const isActive = sql`state in (${sql.join(activeOperationStates.map((state) => sql.lit(state)))})`;

/** Newest first. `target` is an id or a name. */
export async function listOperationRows(store: Store, query: ListOperationsQuery): Promise<Page<OperationRow>> {
  const { state, active, kind, targetKind, target, parent, cursor, limit } = query;
  const conditions = [
    ...(cursor === undefined ? [] : [sql`id < ${String(decodeCursor(sort, cursor)[0])}::uuid`]),
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(active === undefined ? [] : [active === 'true' ? isActive : sql`not ${isActive}`]),
    ...(kind === undefined ? [] : [sql`kind = ${kind}`]),
    ...(parent === undefined ? [] : [parent === 'none' ? sql`parent is null` : sql`parent = ${parent}`]),
    ...(targetKind === undefined ? [] : [sql`target_kind = ${targetKind}`]),
  ];
  // Each by an index of its own, which also has the order: with an `or` all operations are read.
  const pages =
    target === undefined
      ? [pageOf(conditions, limit)]
      : [sql`target_id = ${target}`, sql`target_name = ${target}`].map((is) => pageOf([...conditions, is], limit));
  const select = store.db
    .selectFrom('operation')
    .selectAll()
    .where('id', 'in', sql<OperationRow['id']>`(${sql.join(pages, sql` union all `)})`)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  const rows = await select.execute();
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > items.length && last ? encodeCursor(sort, [last.id]) : null };
}

function pageOf(conditions: readonly RawBuilder<unknown>[], limit: number): RawBuilder<unknown> {
  const where = conditions.length > 0 ? sql`${sql.raw(plannedAnew)} where ${sql.join(conditions, sql` and `)}` : sql``;
  return sql`(select id from operation ${where} order by id desc limit ${limit + 1})`;
}
