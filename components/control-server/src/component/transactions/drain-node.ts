/**
 * A node that leaves: it takes no new instances while it still may be needed, and goes when it has none. One that is lost goes
 * with its accounts, and its instances stay without a node: whoever has its disks still has their data.
 */

import { type NodeId, type OperationId, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { recordEvent, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { type Observed, settledState } from '../../instance/settled-state.ts';
import { firstNames } from '../../reference/named.ts';

const namedAtMost = 5;
const nothingHeard: Observed = { observed_state: null, observed_stop_reason: null, observed_stop_detail: null };

/** Answers whether it took instances before. Throws `in-use` with some of its instances; `wrong-state` when one that is lost is heard. */
export async function holdNode(tx: Tx, id: NodeId, lost: boolean): Promise<boolean> {
  const node = await tx.selectFrom('node').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!node) return false;
  if (lost && node.state !== 'offline')
    throw new PlatformError('wrong-state', say('node.heard-again', { name: node.name }));
  if (!lost && node.instance_count > 0) throw await stillNeeded(tx, node);
  await tx.updateTable('node').set({ schedulable: false }).where('id', '=', id).execute();
  return node.schedulable;
}

export async function releaseNode(tx: Tx, id: NodeId): Promise<void> {
  await tx.updateTable('node').set({ schedulable: true }).where('id', '=', id).execute();
}

/** Whatever works on them ends by finding them so. Instances are locked before their node, as everywhere. */
export async function loseInstances(tx: Tx, id: NodeId, operation: OperationId): Promise<void> {
  await tx.selectFrom('instance').select('id').where('node_id', '=', id).orderBy('id').forUpdate().execute();
  const node = await tx.selectFrom('node').select('name').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!node) return;
  const { state, stopReason, stopDetail } = settledState(nothingHeard, null);
  const lost = await tx
    .updateTable('instance')
    .set({ node_id: null, state, stop_reason: stopReason, stop_detail: stopDetail, state_since: sql<Date>`now()` })
    .where('node_id', '=', id)
    .executeTakeFirst();
  const count = Number(lost.numUpdatedRows);
  if (count === 0) return;
  await recordEvent(tx, {
    kind: 'node.instances-changed',
    severity: 'error',
    subject: { kind: 'node', id, name: node.name },
    data: { to: state, count },
    operation,
  });
}

export async function forgetNode(tx: Tx, id: NodeId, operation: OperationId): Promise<void> {
  const gone = await tx.deleteFrom('node').where('id', '=', id).returning('name').executeTakeFirst();
  if (!gone) return;
  await recordEvent(tx, { kind: 'node.removed', subject: { kind: 'node', id, name: gone.name }, operation });
}

async function stillNeeded(tx: Tx, node: { id: NodeId; name: string; instance_count: number }): Promise<PlatformError> {
  const instances = await tx
    .selectFrom('instance')
    .select('name')
    .where('node_id', '=', node.id)
    .orderBy('name')
    .limit(namedAtMost)
    .execute();
  const names = firstNames(
    instances.map(({ name }) => name),
    node.instance_count,
  );
  return new PlatformError('in-use', say('node.has-instances', { name: node.name, names }));
}
