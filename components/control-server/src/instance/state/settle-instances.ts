/** How operations end: what their instances show is what is true then. */
import type { InstanceId, NodeState, OperationId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { anyOf, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { notFound } from '../../reference/named.ts';
import { changeOrFail } from './change-instances.ts';
import type { InstanceRow } from './next-state.ts';
import { isNewer, observationOf } from './observation.ts';

export interface Settling {
  instanceId: InstanceId;
  /** What its node has answered, if it has. */
  report: InstanceReport | undefined;
  operation: OperationId;
  /** The order was taken back: what it wanted is not wanted any more. */
  undone: boolean;
}

/** Waits for whoever else writes this instance. Throws `not-found`. */
export async function lockInstance(tx: Tx, id: InstanceId): Promise<InstanceRow> {
  const row = await tx.selectFrom('instance').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('instance', id);
  return row;
}

/** The same of several, in the order that everybody keeps; of those that there are. */
export async function lockInstances(tx: Tx, ids: readonly InstanceId[]): Promise<Map<InstanceId, InstanceRow>> {
  const rows = await tx
    .selectFrom('instance')
    .selectAll()
    .where('id', '=', anyOf(ids))
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Keeps what the nodes report, unless something newer was heard. The state of the nodes stays as it is until the commit: a node that
 * goes offline then finds these instances settled. Whoever locks several rows does so in one order: instances before nodes, each
 * in the order of their ids. Throws `not-found`.
 */
export async function settleInstances(tx: Tx, settlings: readonly Settling[]): Promise<void> {
  const ids = anyOf(settlings.map(({ instanceId }) => instanceId));
  const { rows } = await sql<InstanceRow & { node_state: NodeState | null }>`
    with instances as materialized (
      select * from instance where id = ${ids} order by id for update
    ), nodes as materialized (
      select id, state from node where id in (select node_id from instances) order by id for share
    )
    select instances.*, nodes.state as node_state from instances left join nodes on nodes.id = instances.node_id`.execute(
    tx,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  await changeOrFail(
    tx,
    settlings.map(({ instanceId, report, operation, undone }) => {
      const instance = byId.get(instanceId);
      if (!instance) throw notFound('instance', instanceId);
      const observation = report && observationOf(report);
      return {
        instance,
        node: instance.node_state,
        cause: { kind: 'operation' as const, operation },
        observed: observation && isNewer(observation, instance) ? observation : undefined,
        working: null,
        ...(undone && { wanted: 'as-found' as const }),
      };
    }),
  );
}
