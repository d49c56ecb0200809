/**
 * Keeps events and ended operations for a month, answers to repeated requests for a day, and what instances showed for 400 days: bills of
 * the year before can still be checked. A batch at a time.
 */
import { activeOperationStates, endedOperationStates } from '@zhiyun/contracts';
import type { Clock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import type { BackgroundTask } from '../background/background-tasks.ts';

const day = 24 * 3_600_000;
const keepHistoryMs = 30 * day;
const keepIdempotencyMs = day;
const keepStatesMs = 400 * day;
const maxEvents = 1_000_000;
const batch = 1_000;

export function pruneHistory({ store, clock }: { store: Store; clock: Clock }): BackgroundTask {
  const { db } = store;
  const before = (ms: number) => new Date(clock.now() - ms);
  const deletions = {
    idempotencyKeys: () =>
      sql`
      delete from idempotency where ctid in (
        select ctid from idempotency where created_at < ${before(keepIdempotencyMs)} limit ${batch})`.execute(db),
    // Children go with their parent, and not before it: it would begin anew what it misses. A child that is stuck holds it.
    operations: () =>
      sql`
      delete from operation where id in (
        select id from operation where state in (${sql.join(endedOperationStates)})
          and parent is null and ended_at < ${before(keepHistoryMs)} and not exists (
            select from operation as child
            where child.parent = operation.id and child.state in (${sql.join(activeOperationStates)}))
        order by id limit ${batch})`.execute(db),
    events: () =>
      sql`
      delete from event where seq in (
        select seq from event where at < ${before(keepHistoryMs)}
          or seq <= (select max(seq) from event) - ${maxEvents}::bigint order by seq limit ${batch})`.execute(db),
    // A move is needed for as long as the state that it began lasts, however long ago that was.
    instanceMoves: () =>
      sql`
      delete from instance_state_history where (instance_id, move) in (
        select instance_id, move from instance_state_history as old
        where at < ${before(keepStatesMs)} and (to_state is null or exists (
          select from instance_state_history as next
          where next.instance_id = old.instance_id and next.move = old.move + 1 and next.at < ${before(keepStatesMs)}))
        order by instance_id, move limit ${batch})`.execute(db),
  };
  return {
    name: 'prune-history',
    periodMs: 3_600_000,
    async run({ signal }) {
      const counts: Record<string, number> = {};
      for (const [what, deleteBatch] of Object.entries(deletions)) {
        let deleted: number;
        do {
          deleted = Number((await deleteBatch()).numAffectedRows ?? 0);
          counts[what] = (counts[what] ?? 0) + deleted;
        } while (deleted === batch && !signal.aborted);
      }
      return counts;
    },
  };
}
