/**
 * The beginning of an instance: its capacity claimed, its name taken, its images held, in the commit that begins the
 * operation. So a pool that is full is told at once, and there is never a claim without an instance.
 */
import type { ComputePoolId, Event, NodeId, OperationId, PlacementCandidate } from '@zhiyun/contracts';
import type { InstanceConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { insertEvent, ringEvents, type Tx } from '@zhiyun/store';
import { type RawBuilder, sql } from 'kysely';
import { claimCapacity } from '../placement/capacity-store.ts';
import type { Placements } from '../placement/placements.ts';
import { generationsPerOperation } from './generations.ts';
import { nameTaken } from './instance-store.ts';

export interface Reservation {
  computePoolId: ComputePoolId;
  config: InstanceConfig;
  placements: Placements;
  actor: Event['actor'];
  operation: OperationId;
}

/**
 * Answers the node. Throws `insufficient-capacity` with the reasons per node, `name-taken`, `image-not-ready` when an image
 * goes at this moment.
 */
export async function reserveInstance(tx: Tx, reservation: Reservation): Promise<NodeId> {
  const { computePoolId, config, placements } = reservation;
  await holdImages(tx, config);
  const { cores, memoryBytes } = config;
  const diskBytes = config.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
  const request = { computePoolId, cores, memoryBytes, diskBytes };
  return placements.place(tx, request, (nodeId, candidates) =>
    insertInstance(tx, reservation, claimCapacity(nodeId, request), candidates),
  );
}

/** Claim, instance, disks and event in one statement; false: the claim was lost, and nothing was written. */
async function insertInstance(
  tx: Tx,
  { computePoolId, config, actor, operation }: Reservation,
  claim: RawBuilder<unknown>,
  candidates: readonly PlacementCandidate[],
): Promise<boolean> {
  const { id, name, cores, memoryBytes, macAddress, iso, disks } = config;
  const created = { kind: 'instance.created', subject: { kind: 'instance', id, name }, actor, operation } as const;
  try {
    const { rows } = await sql`
      with claimed as (${claim}), made as (
        insert into instance (id, name, compute_pool_id, node_id, state, state_since, generation, cores, memory_bytes,
          mac_address, iso_image_id, placement, created_at)
        select ${id}::uuid, ${name}::text, ${computePoolId}::uuid, id, 'creating', now(),
          ${generationsPerOperation}::bigint, ${cores}::integer, ${memoryBytes}::bigint, ${macAddress}::text,
          ${iso?.id ?? null}::uuid, ${[...candidates]}::jsonb, now()
        from claimed
        returning id
      ) ${disks.length > 0 ? sql`, disks as (${insertDisks(config)})` : sql``},
      told as (${insertEvent(created, 'made')})
      select ${ringEvents} from told`.execute(tx);
    return rows.length > 0;
  } catch (error) {
    throw nameTaken(error, name);
  }
}

function insertDisks({ disks }: InstanceConfig): RawBuilder<unknown> {
  const values = disks.map(
    ({ id, sizeBytes, image }, position) =>
      sql`(${id}::uuid, ${position}::smallint, ${sizeBytes}::bigint, ${image?.id ?? null}::uuid)`,
  );
  return sql`
    insert into disk (id, instance_id, position, size_bytes, image_id)
    select disk.id, made.id, disk.position, disk.size_bytes, disk.image_id
    from made, (values ${sql.join(values)}) disk (id, position, size_bytes, image_id)`;
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
