/** A node that leaves: it takes no new instances while it still may be needed, and goes when it has none. */
import type { NodeId, OperationId } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { recordEvent, type Tx } from '@zhiyun/store';

const namedAtMost = 5;

/** Answers whether it took instances before. Throws `in-use` with some of its instances. */
export async function holdNode(tx: Tx, id: NodeId): Promise<boolean> {
  const node = await tx.selectFrom('node').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!node) return false;
  if (node.instance_count > 0) throw await stillNeeded(tx, node);
  await tx.updateTable('node').set({ schedulable: false }).where('id', '=', id).execute();
  return node.schedulable;
}

export async function releaseNode(tx: Tx, id: NodeId): Promise<void> {
  await tx.updateTable('node').set({ schedulable: true }).where('id', '=', id).execute();
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
  const names = instances.map(({ name }) => `«${name}»`).join(', ');
  const more = node.instance_count > instances.length ? ` and ${node.instance_count - instances.length} others` : '';
  return new PlatformError('in-use', `Node «${node.name}» still has the instances ${names}${more}; delete them first.`);
}
