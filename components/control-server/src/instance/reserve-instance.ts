/**
 * The beginning of an instance: its capacity claimed, its name taken, its images held, in the commit that begins the
 * operation. So a pool that is full is told at once, and there is never a claim without an instance.
 */
import type { ComputePoolId, Event, NodeId, NodeLoad, OperationId } from '@zhiyun/contracts';
import type { InstanceConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { recordEvent, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { placeInstance } from '../placement/place-instance.ts';
import { generationsPerOperation } from './generations.ts';
import { nameTaken } from './instance-store.ts';

export interface Reservation {
  computePoolId: ComputePoolId;
  config: InstanceConfig;
  loadOf: (nodeId: NodeId) => NodeLoad | null;
  actor: Event['actor'];
  operation: OperationId;
}

/** Throws `insufficient-capacity` with the reasons per node, `name-taken`, `image-not-ready` when an image goes at this moment. */
export async function reserveInstance(tx: Tx, reservation: Reservation): Promise<void> {
  const { computePoolId, config, loadOf, actor, operation } = reservation;
  await holdImages(tx, config);
  const { cores, memoryBytes } = config;
  const diskBytes = config.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
  const place = await placeInstance(tx, { computePoolId, cores, memoryBytes, diskBytes }, loadOf);
  try {
    await tx
      .insertInto('instance')
      .values({
        id: config.id,
        name: config.name,
        compute_pool_id: computePoolId,
        node_id: place.nodeId,
        state: 'creating',
        state_since: sql<Date>`now()`,
        generation: generationsPerOperation,
        cores,
        memory_bytes: memoryBytes,
        mac_address: config.macAddress,
        iso_image_id: config.iso?.id ?? null,
        placement: place.candidates,
        created_at: sql<Date>`now()`,
      })
      .execute();
  } catch (error) {
    throw nameTaken(error, config.name);
  }
  await insertDisks(tx, config);
  const subject = { kind: 'instance', id: config.id, name: config.name } as const;
  await recordEvent(tx, { kind: 'instance.created', subject, actor, operation });
}

async function insertDisks(tx: Tx, config: InstanceConfig): Promise<void> {
  if (config.disks.length === 0) return;
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
