import { activeOperationStates, type listOperationsQuerySchema, type Page } from '@zhiyun/contracts';
import { decodeCursor, encodeCursor, type Store } from '@zhiyun/store';
import type { z } from 'zod';
import type { OperationRow } from './operation-row.ts';

export type ListOperationsQuery = z.output<typeof listOperationsQuerySchema>;

const sort = 'operations:-id';

/** Newest first. `target` is an id or a name. */
export async function listOperationRows(store: Store, query: ListOperationsQuery): Promise<Page<OperationRow>> {
  let select = store.db
    .selectFrom('operation')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (query.cursor !== undefined) {
    const [last] = decodeCursor(sort, query.cursor);
    select = select.where('id', '<', String(last) as OperationRow['id']);
  }
  if (query.state !== undefined) select = select.where('state', '=', query.state);
  if (query.active !== undefined)
    select = select.where('state', query.active === 'true' ? 'in' : 'not in', activeOperationStates);
  if (query.kind !== undefined) select = select.where('kind', '=', query.kind);
  if (query.targetKind !== undefined) select = select.where('target_kind', '=', query.targetKind);
  const { target } = query;
  if (target !== undefined)
    select = select.where((where) => where.or([where('target_id', '=', target), where('target_name', '=', target)]));
  const rows = await select.execute();
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > items.length && last ? encodeCursor(sort, [last.id]) : null };
}
