/** Children as rows. */
import { type ChildCounts, type OperationId, type Sentence, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { anyOf, type Store } from '@zhiyun/store';
import { sql } from 'kysely';
import type { Claim } from '../journal.ts';
import type { OperationRow } from '../operation-row.ts';
import { isAtWork } from './family.ts';
import type { ChildRow } from './plan.ts';

export async function readChildren({ db }: Store, parent: OperationId): Promise<ChildRow[]> {
  const rows = await db
    .selectFrom('operation')
    .select(['id', 'target_name as name', 'state', 'progress', 'error', 'retried'])
    .select(sql<string>`child_key`.as('key'))
    .where('parent', '=', parent)
    .orderBy('id')
    .execute();
  return rows;
}

/** Shown while not all children are begun yet. */
export async function writeChildTotal(store: Store, id: OperationId, claim: Claim, total: number): Promise<void> {
  await store.db
    .updateTable('operation')
    .set({ child_total: total })
    .where('id', '=', id)
    .where('runner', '=', claim.runner)
    .where('epoch', '=', claim.epoch)
    .where((eb) => eb.or([eb('child_total', 'is', null), eb('child_total', '!=', total)]))
    .execute();
}

/** Of those of the operations that are parents. */
export async function countChildren(
  { db }: Store,
  rows: readonly OperationRow[],
): Promise<Map<OperationId, ChildCounts>> {
  const parents = rows.filter(({ child_total }) => child_total !== null);
  if (parents.length === 0) return new Map();
  const found = await db
    .selectFrom('operation')
    .select(['parent', 'state', sql<number>`count(*)::integer`.as('count')])
    .where('parent', '=', anyOf(parents.map(({ id }) => id)))
    .where('retried', '=', false)
    .groupBy(['parent', 'state'])
    .execute();
  return new Map(
    parents.map(({ id, child_total }) => {
      const counts = { waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, stuck: 0 };
      let begun = 0;
      for (const { parent, state, count } of found) {
        if (parent !== id) continue;
        counts[isAtWork(state) ? 'running' : state] += count;
        begun += count;
      }
      const total = Math.max(child_total ?? 0, begun);
      return [id, { total, ...counts, waiting: total - begun }];
    }),
  );
}

const namedAtMost = 5;

/** Reports what failed and why. Its code is the children's if they share one. */
export class ChildrenFailed extends PlatformError {
  constructor(children: readonly ChildRow[], total: number) {
    const bad = children.filter(({ state }) => state !== 'succeeded');
    const [code, ...others] = new Set(bad.map(({ error }) => error?.code ?? 'internal'));
    const reasons = bad.slice(0, namedAtMost).map(reasonOf);
    if (bad.length > namedAtMost) reasons.push(say('operation.more-failed', { count: bad.length - namedAtMost }));
    super(
      code && others.length === 0 ? code : 'partly-failed',
      say('operation.children-failed', { failed: bad.length, total, reasons }),
    );
  }
}

function reasonOf({ name, state, error }: ChildRow): Sentence {
  return say('operation.child-failed', { name, why: error?.sentence ?? error?.detail ?? state });
}
