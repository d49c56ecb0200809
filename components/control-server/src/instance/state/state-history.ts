/** The history of what instances show: written by whoever moves them, in the same statement, and read in pages. */
import type { InstanceId, InstanceMove, Page } from '@zhiyun/contracts';
import { type Database, page } from '@zhiyun/store';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { notFound } from '../../reference/named.ts';

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

/** Newest first. Throws `not-found` when there never was such an instance. */
export function listInstanceMoves(
  db: Kysely<Database>,
  instanceId: InstanceId,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<InstanceMove>> {
  // The move after says until when.
  const until = sql<Date | null>`(select at from instance_state_history as next
    where next.instance_id = old.instance_id and next.move = old.move + 1)`;
  const select = db
    .selectFrom('instance_state_history as old')
    .selectAll()
    .select(until.as('until'))
    .where('instance_id', '=', instanceId)
    .orderBy('move', 'desc');
  return page<HistoryRow, InstanceMove>(query, {
    list: 'instance-moves:-move',
    keyOf: ({ move }) => [move],
    async read(after, count) {
      const rows = await (after ? select.where('move', '<', Number(after[0])) : select).limit(count).execute();
      if (!after && rows.length === 0) throw notFound('instance', instanceId);
      return rows;
    },
    show: (rows) => rows.map(moveOf),
  });
}

type HistoryRow = Selectable<Database['instance_state_history']> & { until: Date | null };

function moveOf(row: HistoryRow): InstanceMove {
  return {
    move: row.move,
    from: row.from_state,
    to: row.to_state,
    stopReason: row.stop_reason,
    at: row.at.toISOString(),
    until: row.until?.toISOString() ?? null,
    cause: row.cause,
    operation: row.operation_id,
    nodeId: row.node_id,
  };
}
