/**
 * The beginning of an instance: its capacity claimed, its name taken, its images held, in the commit that begins the
 * operation. So a pool that is full is told at once, and there is never a claim without an instance.
 */
import {
  type ComputePoolId,
  defaultBoot,
  type Event,
  type InstanceId,
  type NodeId,
  type OperationId,
  type PlacementCandidate,
  say,
  type WantedState,
} from '@zhiyun/contracts';
import type { InstanceConfig, NicConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { insertEvents, ringEvents, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { claimOnNodes } from '../placement/node-accounts.ts';
import type { Placements } from '../placement/placements.ts';
import type { PlacementRequest } from '../placement/terms.ts';
import { giveAddresses } from './give-addresses.ts';
import { nameTaken } from './instance-store.ts';
import { macAddressOf } from './mac-address.ts';
import { beginInstances } from './state/begin-and-end.ts';

export interface Reservation {
  computePoolId: ComputePoolId;
  config: InstanceConfig;
  placements: Placements;
  actor: Event['actor'];
  wanted: WantedState;
}

/** Where an instance goes, and the addresses of its NICs there. */
export interface Place {
  nodeId: NodeId;
  addresses: NicConfig['address'][];
}

/**
 * Answers its place. Throws `insufficient-capacity` with the reasons per node, `name-taken`, `image-not-ready` when an image
 * goes at this moment.
 */
export async function reserveInstance(tx: Tx, reservation: Reservation, operation: OperationId): Promise<Place> {
  const { config, placements } = reservation;
  await holdImages(tx, [config]);
  const request = requestOf(reservation);
  const nodeId = await placements.place(tx, request, async (nodeId, candidates) => {
    const made = await insertInstances(tx, [{ ...reservation, request, operation, nodeId, candidates }]);
    return made === 1;
  });
  return { nodeId, addresses: addressesOf(config, await giveAddresses(tx, [{ nodeId, config }])) };
}

/** Several at once, each by the first look of placement; answers their places. Throws when any of them cannot be had so. */
export async function reserveInstances(
  tx: Tx,
  reservations: readonly { of: Reservation; operationId: OperationId }[],
): Promise<Place[]> {
  await holdImages(
    tx,
    reservations.map(({ of }) => of.config),
  );
  const placed: Placed[] = [];
  for (const { of, operationId: operation } of reservations) {
    const request = requestOf(of);
    const look = await of.placements.look(tx, request);
    if (!look) throw new PlatformError('insufficient-capacity', 'Not at the first look.');
    placed.push({ ...of, request, operation, ...look });
  }
  if ((await insertInstances(tx, placed)) < placed.length)
    throw new PlatformError('insufficient-capacity', 'A claim was lost.');
  const given = await giveAddresses(tx, placed);
  return placed.map(({ nodeId, config }) => ({ nodeId, addresses: addressesOf(config, given) }));
}

function addressesOf({ id }: InstanceConfig, given: ReadonlyMap<InstanceId, NicConfig['address'][]>) {
  return given.get(id) ?? [];
}

interface Placed extends Reservation {
  request: PlacementRequest;
  operation: OperationId;
  nodeId: NodeId;
  candidates: readonly PlacementCandidate[];
}

function requestOf({ computePoolId, config }: Reservation): PlacementRequest {
  const { cores, memoryBytes, disks } = config;
  return { computePoolId, cores, memoryBytes, diskBytes: disks.reduce((sum, disk) => sum + disk.sizeBytes, 0) };
}

/** Claims, instances, disks and events in one statement. Answers how many: those whose claim was lost are not made. */
async function insertInstances(tx: Tx, placed: readonly Placed[]): Promise<number> {
  const nodeIds = placed.map(({ nodeId }) => nodeId);
  const instances = placed.map(({ computePoolId, config, wanted, request, nodeId, candidates, operation }, place) => ({
    place,
    id: config.id,
    name: config.name,
    compute_pool_id: computePoolId,
    node_id: nodeId,
    cores: config.cores,
    memory_bytes: config.memoryBytes,
    disk_bytes: request.diskBytes,
    mac_address: config.nics[0]?.macAddress ?? macAddressOf(config.id),
    iso_image_id: config.iso?.id ?? null,
    boot_first: config.boot?.first ?? defaultBoot.first,
    boot_menu: config.boot?.menu ?? defaultBoot.menu,
    placement: candidates,
    ...{ wanted_state: wanted, operation_id: operation },
  }));
  const disks = placed.flatMap(({ config }) =>
    config.disks.map(({ id, sizeBytes, image }, position) => ({
      ...{ id, position, instance_id: config.id, size_bytes: sizeBytes, image_id: image?.id ?? null },
    })),
  );
  const events = placed.map(({ config: { id, name }, actor, operation }) => ({
    ...({ kind: 'instance.created', subject: { kind: 'instance', id, name } } as const),
    ...{ actor, operation },
  }));
  try {
    const { rows } = await sql`
      with wanted as materialized (
        select * from jsonb_to_recordset(${instances}::jsonb) as wanted (place integer, id uuid, name text, compute_pool_id uuid,
          node_id uuid, cores integer, memory_bytes bigint, disk_bytes bigint, mac_address text, iso_image_id uuid,
          boot_first text, boot_menu boolean, placement jsonb, wanted_state text, operation_id uuid)
      ), ${claimOnNodes('wanted', nodeIds)}, ${beginInstances('wanted', 'granted')}, disks as (
        insert into disk (id, instance_id, position, size_bytes, image_id)
        select given.id, made.id, given.position, given.size_bytes, given.image_id
        from made join jsonb_to_recordset(${disks}::jsonb) as given (id uuid, instance_id uuid, position smallint,
          size_bytes bigint, image_id uuid) on given.instance_id = made.id
      ), told as (${insertEvents(events, { part: 'made', by: 'subject_id' })})
      select ${ringEvents} from told`.execute(tx);
    return rows.length;
  } catch (error) {
    throw nameTaken(error, placed[0]?.config.name ?? '');
  }
}

/** Until this commit nobody can start deleting the images; afterwards the disks refer to them. */
async function holdImages(tx: Tx, configs: readonly InstanceConfig[]): Promise<void> {
  const images = configs.flatMap(({ disks, iso }) => [...disks.map((disk) => disk.image?.id), iso?.id]);
  const wanted = new Set(images.filter((id) => id !== undefined));
  if (wanted.size === 0) return;
  const ready = await tx
    .selectFrom('image')
    .select('id')
    .where('id', 'in', [...wanted].sort())
    .where('state', '=', 'ready')
    .forShare()
    .execute();
  if (ready.length < wanted.size) throw new PlatformError('image-not-ready', say('instance.image-deleted'));
}
