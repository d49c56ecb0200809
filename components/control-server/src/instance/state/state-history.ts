/** The history of what instances show: written by whoever moves them, in the same statement, and read in pages. */
import type { InstanceId, InstanceMove, Page } from '@zhiyun/contracts';
import { type Database, decodeCursor, encodeCursor } from '@zhiyun/store';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';

/**
 * For a statement that moves instances, as `kept as (…)`. `moved`: its part with `id`, `moves`, `from_state`, `state`, `stop_reason`,
 * `state_since`, `cause`, `operation_id` and `node_id`.
 */
export function historyOf(moved: string, condition: RawBuilder<unknown> = sql`true`): RawBuilder<unknown> {
  return sql`
    insert into instance_state_history (instance_id, move, from_state, to_state, stop_reason, at, cause, operation_id, node_id)
    select id, moves, from_state, state, stop_reason, state_since, cause, operation_id, node_id from ${sql.table(moved)}
    where ${condition}`;
}

const list = 'instance-moves:-move';

/** Newest first. Undefined: there is none, and never was such an instance. */
export async function listInstanceMoves(
  db: Kysely<Database>,
  instanceId: InstanceId,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<InstanceMove> | undefined> {
  const before = query.cursor === undefined ? undefined : Number(decodeCursor(list, query.cursor)[0]);
  const found = await db
    .selectFrom('instance_state_history')
    .selectAll()
    .where('instance_id', '=', instanceId)
    // The move after says until when.
    .$if(before !== undefined, (rows) => rows.where('move', '<=', before ?? 0))
    .orderBy('move', 'desc')
    .limit(query.limit + 2)
    .execute();
  if (found.length === 0) return undefined;
  const rows = before === undefined ? found : found.slice(1);
  const items = rows
    .slice(0, query.limit)
    .map((row, index) => moveOf(row, index > 0 ? rows[index - 1] : before === undefined ? undefined : found[0]));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? encodeCursor(list, [last.move]) : null };
}

type HistoryRow = Selectable<Database['instance_state_history']>;

function moveOf(row: HistoryRow, next: HistoryRow | undefined): InstanceMove {
  return {
    move: row.move,
    from: row.from_state,
    to: row.to_state,
    stopReason: row.stop_reason,
    at: row.at.toISOString(),
    until: next?.at.toISOString() ?? null,
    cause: row.cause,
    operation: row.operation_id,
    nodeId: row.node_id,
  };
}
