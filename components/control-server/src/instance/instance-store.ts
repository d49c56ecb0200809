/** Rows of instances that exist: renamed, changed and forgotten. They begin in `reserve-instance.ts`. */
import { type Event, type InstanceBoot, type InstanceId, type OperationId, say } from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';
import { recordEvent, recordEvents, type Tx, violatedConstraint } from '@zhiyun/store';

import { type NodeTotals, releaseOnNode } from '../placement/node-accounts.ts';

import { type EndedInstance, endInstances } from './state/begin-and-end.ts';
import type { InstanceRow } from './state/next-state.ts';
import { lockInstances } from './state/settle-instances.ts';

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

/** The end of instances: rows, names, addresses and claimed capacity go in one commit. Of those that are there still. */
export async function forgetInstances(
  tx: Tx,
  ends: readonly { id: InstanceId; operation: OperationId | null }[],
): Promise<void> {
  await lockInstances(
    tx,
    ends.map(({ id }) => id),
  );
  const gone = await endInstances(tx, ends);
  // The accounts of a node that was removed went with it.
  const byNode = [...Map.groupBy(gone, ({ node_id }) => node_id)].toSorted(([a], [b]) =>
    (a ?? '') < (b ?? '') ? -1 : 1,
  );
  for (const [nodeId, instances] of byNode) if (nodeId !== null) await releaseOnNode(tx, nodeId, sumOf(instances));
  await recordEvents(
    tx,
    gone.map(({ id, name, operation_id: operation }) => ({
      ...{ kind: 'instance.deleted', subject: { kind: 'instance', id, name } as const, operation },
    })),
  );
}

function sumOf(instances: readonly EndedInstance[]): NodeTotals & { instances: number } {
  const sum = { cores: 0, memoryBytes: 0, diskBytes: 0, instances: instances.length };
  for (const { cores, memory_bytes, disk_bytes } of instances) {
    sum.cores += cores;
    sum.memoryBytes += memory_bytes;
    sum.diskBytes += disk_bytes;
  }
  return sum;
}

/** What a violated unique name means; any other error as it is. */
export function nameTaken(error: unknown, name: string): unknown {
  if (violatedConstraint(error) !== 'instance_compute_pool_id_name_key') return error;
  return new PlatformError('name-taken', say('instance.name-taken', { name }), {
    errors: [fieldError('name', say('field.in-use-in-pool'))],
  });
}
