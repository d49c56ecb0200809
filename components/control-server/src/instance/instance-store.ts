/** Rows of instances that exist: renamed, changed and forgotten. They begin in `reserve-instance.ts`. */
import { type Event, type InstanceBoot, type InstanceId, type OperationId, say } from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';
import { type Database, recordEvent, type Tx, violatedConstraint } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { releaseOnNode } from '../placement/node-accounts.ts';
import { endInstance } from './state/begin-and-end.ts';
import type { InstanceRow } from './state/next-state.ts';

export async function renameInstance(
  tx: Tx,
  instance: InstanceRow,
  name: string,
  actor: Event['actor'],
): Promise<void> {
  if (instance.name === name) return;
  try {
    await tx.updateTable('instance').set({ name }).where('id', '=', instance.id).execute();
  } catch (error) {
    throw nameTaken(error, name);
  }
  const subject = { kind: 'instance', id: instance.id, name } as const;
  await recordEvent(tx, { kind: 'instance.renamed', subject, data: { from: instance.name, to: name }, actor });
}

/** Counts from the next start on. */
export async function changeBoot(
  tx: Tx,
  { id, name, boot_first, boot_menu }: InstanceRow,
  { first = boot_first, menu = boot_menu }: { [K in keyof InstanceBoot]?: InstanceBoot[K] | undefined },
  actor: Event['actor'],
): Promise<void> {
  if (first === boot_first && menu === boot_menu) return;
  await tx.updateTable('instance').set({ boot_first: first, boot_menu: menu }).where('id', '=', id).execute();
  const subject = { kind: 'instance', id, name } as const;
  await recordEvent(tx, { kind: 'instance.boot-changed', subject, data: { first, menu }, actor });
}

/** The end of an instance: rows, name, address and claimed capacity go in one commit. Gone already: nothing to do. */
export async function forgetInstance(tx: Tx, id: InstanceId, operation: OperationId | null): Promise<void> {
  // Before its disks go with it.
  const diskBytes = await promisedDiskBytes(tx, id);
  const gone = await endInstance(tx, id, operation);
  if (!gone) return;
  const { node_id: nodeId, name, cores, memory_bytes: memoryBytes } = gone;
  // The accounts of a node that was removed went with it.
  if (nodeId !== null) await releaseOnNode(tx, nodeId, { cores, memoryBytes, diskBytes });
  await recordEvent(tx, { kind: 'instance.deleted', subject: { kind: 'instance', id, name }, operation });
}

async function promisedDiskBytes(db: Kysely<Database>, id: InstanceId): Promise<number> {
  const { total } = await db
    .selectFrom('disk')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('size_bytes'), sql<number>`0`).as('total'))
    .where('instance_id', '=', id)
    .executeTakeFirstOrThrow();
  return total;
}

/** What a violated unique name means; any other error as it is. */
export function nameTaken(error: unknown, name: string): unknown {
  if (violatedConstraint(error) !== 'instance_compute_pool_id_name_key') return error;
  return new PlatformError('name-taken', say('instance.name-taken', { name }), {
    errors: [fieldError('name', say('field.in-use-in-pool'))],
  });
}
