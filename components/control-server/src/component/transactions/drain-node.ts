/**
 * A node that leaves: it takes no new instances while it still may be needed, and goes when it has none. One that is lost goes
 * with its accounts, and its instances stay without a node: whoever has its disks still has their data.
 */

import { type NodeId, type OperationId, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { recordEvent, recordEvents, type Tx } from '@zhiyun/store';
import { moveTogether, togetherColumns } from '../../instance/state/move-together.ts';
import { countInstancesOn } from '../../placement/node-accounts.ts';
import { firstNames } from '../../reference/named.ts';

const namedAtMost = 5;

/** Answers whether it took instances before. Throws `in-use` with some of its instances; `wrong-state` when one that is lost is heard. */
export async function holdNode(tx: Tx, id: NodeId, lost: boolean): Promise<boolean> {
  const node = await tx.selectFrom('node').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!node) return false;
  if (lost && node.state !== 'offline')
    throw new PlatformError('wrong-state', say('node.heard-again', { name: node.name }));
  const count = lost ? 0 : await countInstancesOn(tx, id);
  if (count > 0) throw await stillNeeded(tx, node, count);
  await tx.updateTable('node').set({ schedulable: false }).where('id', '=', id).execute();
  return node.schedulable;
}

export async function releaseNode(tx: Tx, id: NodeId): Promise<void> {
  await tx.updateTable('node').set({ schedulable: true }).where('id', '=', id).execute();
}

/** Whatever works on them ends by finding them so. Instances are locked before their node, as everywhere. */
export async function loseInstances(tx: Tx, id: NodeId, operation: OperationId): Promise<void> {
  const instances = await tx
    .selectFrom('instance')
    .select(togetherColumns)
    .where('node_id', '=', id)
    .orderBy('id')
    .forUpdate()
    .execute();
  const node = await tx.selectFrom('node').select('name').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!node || instances.length === 0) return;
  const losses = instances.map((instance) => ({ instance, node: null }));
  const { counts, refused } = await moveTogether(tx, losses, { kind: 'node', operation });
  if (refused.length > 0) throw new Error(`may not be lost: ${JSON.stringify(refused)}`);
  await recordEvents(
    tx,
    counts.map(({ to, count }) => ({
      kind: 'node.instances-changed',
      severity: 'error',
      subject: { kind: 'node', id, name: node.name },
      data: { to, count },
      operation,
    })),
  );
}

export async function forgetNode(tx: Tx, id: NodeId, operation: OperationId): Promise<void> {
  const gone = await tx.deleteFrom('node').where('id', '=', id).returning('name').executeTakeFirst();
  if (!gone) return;
  await recordEvent(tx, { kind: 'node.removed', subject: { kind: 'node', id, name: gone.name }, operation });
}

async function stillNeeded(tx: Tx, node: { id: NodeId; name: string }, count: number): Promise<PlatformError> {
  const instances = await tx
    .selectFrom('instance')
    .select('name')
    .where('node_id', '=', node.id)
    .orderBy('name')
    .limit(namedAtMost)
    .execute();
  const names = firstNames(
    instances.map(({ name }) => name),
    count,
  );
  return new PlatformError('in-use', say('node.has-instances', { name: node.name, names }));
}
