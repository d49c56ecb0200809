/**
 * Operations that got stuck because their node stayed away: once it is back, or removed as lost, they go on by themselves. Each
 * return of a node gives each of them one more try; what is stuck for another reason gets stuck again and waits for a person.
 */
import { PlatformError } from '@zhiyun/kernel';
import type { Database, Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import { type ExpressionBuilder, sql } from 'kysely';
import type { BackgroundTask } from '../background/background-tasks.ts';

export interface RetryStuckOptions {
  store: Store;
  engine: Pick<Engine, 'retry'>;
}

export function retryStuck({ store, engine }: RetryStuckOptions): BackgroundTask {
  return {
    name: 'retry-stuck',
    periodMs: 10_000,
    async run({ signal }) {
      let retried = 0;
      for (const { id } of await stuckBeforeTheirNodeCameBack(store)) {
        signal.throwIfAborted();
        try {
          await engine.retry(id, 'stuck');
          retried++;
        } catch (error) {
          // Somebody else has retried it.
          if (!(error instanceof PlatformError) || error.code !== 'wrong-state') throw error;
        }
      }
      return { retried };
    },
  };
}

function stuckBeforeTheirNodeCameBack({ db }: Store) {
  return db
    .selectFrom('operation')
    .innerJoin('instance', (join) => join.on(sql`instance.id::text`, '=', sql.ref('operation.target_id')))
    .leftJoin('node', 'node.id', 'instance.node_id')
    .select('operation.id')
    .where('operation.state', '=', 'stuck')
    .where('operation.target_kind', '=', 'instance')
    .where((eb) =>
      eb.or([
        eb('instance.node_id', 'is', null),
        eb.and([eb('node.state', '=', 'online'), eb('node.state_since', '>', stuckAt(eb))]),
      ]),
    )
    .orderBy('operation.id')
    .execute();
}

/** When it last got stuck. */
function stuckAt(eb: ExpressionBuilder<Database, 'operation'>) {
  return eb
    .selectFrom('event')
    .select(({ fn }) => fn.coalesce(fn.max('event.at'), sql.ref<Date>('operation.created_at')).as('stuckAt'))
    .whereRef('event.operation_id', '=', 'operation.id')
    .where('event.kind', '=', 'operation.stuck');
}
