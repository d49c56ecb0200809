/** Rows of instances and their disks: written once at creation, placed, and forgotten. Reading for people: `instance-list.ts`. */
import type { ComputePoolId, Event, InstanceId, NodeId, OperationId, PlacementCandidate } from '@zhiyun/contracts';
import type { InstanceConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { type Database, recordEvent, type Tx, violatedConstraint } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { releaseCapacity } from '../placement/capacity-store.ts';
import type { PlacementRequest } from '../placement/placement.ts';
import { generationsPerOperation } from './generations.ts';
import type { InstanceRow } from './instance-state.ts';

export function diskBytesOf(config: InstanceConfig): number {
  return config.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
}

export function placementRequestOf(order: { computePoolId: ComputePoolId; config: InstanceConfig }): PlacementRequest {
  const { cores, memoryBytes } = order.config;
  return { computePoolId: order.computePoolId, cores, memoryBytes, diskBytes: diskBytesOf(order.config) };
}

/** Takes the name and shows the instance as `creating`. Throws `name-taken`; `image-not-ready` when an image goes at this moment. */
export async function insertInstance(
  tx: Tx,
  { computePoolId, config, actor }: { computePoolId: ComputePoolId; config: InstanceConfig; actor: Event['actor'] },
): Promise<void> {
  await holdImages(tx, config);
  try {
    await tx
      .insertInto('instance')
      .values({
        id: config.id,
        name: config.name,
        compute_pool_id: computePoolId,
        node_id: null,
        state: 'creating',
        state_since: sql<Date>`now()`,
        generation: generationsPerOperation,
        cores: config.cores,
        memory_bytes: config.memoryBytes,
        mac_address: config.macAddress,
        iso_image_id: config.iso?.id ?? null,
        created_at: sql<Date>`now()`,
      })
      .execute();
  } catch (error) {
    throw nameTaken(error, config.name);
  }
  if (config.disks.length > 0)
    await tx
      .insertInto('disk')
      .values(
        config.disks.map((disk, position) => ({
          id: disk.id,
          instance_id: config.id,
          position,
          size_bytes: disk.sizeBytes,
          image_id: disk.image?.id ?? null,
        })),
      )
      .execute();
  const subject = { kind: 'instance', id: config.id, name: config.name } as const;
  await recordEvent(tx, { kind: 'instance.created', subject, actor });
}

/** Until this commit nobody can start deleting the images; afterwards the disks refer to them. */
async function holdImages(tx: Tx, config: InstanceConfig): Promise<void> {
  const wanted = new Set(
    [...config.disks.map((disk) => disk.image?.id), config.iso?.id].filter((id) => id !== undefined),
  );
  if (wanted.size === 0) return;
  const ready = await tx
    .selectFrom('image')
    .select('id')
    .where('id', 'in', [...wanted].sort())
    .where('state', '=', 'ready')
    .forShare()
    .execute();
  if (ready.length < wanted.size)
    throw new PlatformError('image-not-ready', 'One of its images was deleted at this moment.');
}

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

export async function assignNode(
  tx: Tx,
  id: InstanceId,
  nodeId: NodeId,
  placement: PlacementCandidate[],
): Promise<void> {
  await tx.updateTable('instance').set({ node_id: nodeId, placement }).where('id', '=', id).execute();
}

/** The end of an instance: rows, name, address and claimed capacity go in one commit. Gone already: nothing to do. */
export async function forgetInstance(tx: Tx, id: InstanceId, operation: OperationId | null): Promise<void> {
  const instance = await tx.selectFrom('instance').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!instance) return;
  if (instance.node_id !== null) {
    const { cores, memory_bytes: memoryBytes } = instance;
    await releaseCapacity(tx, instance.node_id, { cores, memoryBytes, diskBytes: await promisedDiskBytes(tx, id) });
  }
  await tx.deleteFrom('instance').where('id', '=', id).execute();
  const subject = { kind: 'instance', id, name: instance.name } as const;
  await recordEvent(tx, { kind: 'instance.deleted', subject, operation });
}

async function promisedDiskBytes(db: Kysely<Database>, id: InstanceId): Promise<number> {
  const { total } = await db
    .selectFrom('disk')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('size_bytes'), sql<number>`0`).as('total'))
    .where('instance_id', '=', id)
    .executeTakeFirstOrThrow();
  return total;
}

function nameTaken(error: unknown, name: string): unknown {
  if (violatedConstraint(error) !== 'instance_compute_pool_id_name_key') return error;
  return new PlatformError('name-taken', `The pool has an instance named «${name}» already; choose another name.`, {
    errors: [{ path: 'name', message: 'is in use in this pool' }],
  });
}
