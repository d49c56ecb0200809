/** What a node must know of an instance, made from a request or from the rows. */

import {
  type BootDevice,
  type createInstanceSchema,
  type DiskId,
  defaultBoot,
  type ImageId,
  type ImageKind,
  type InstanceId,
  say,
} from '@zhiyun/contracts';
import { type InstanceConfig, localVolume, type NodeImage, privateMode } from '@zhiyun/contracts/links';
import { fieldError, newId, PlatformError } from '@zhiyun/kernel';
import { anyOf, type Database } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { z } from 'zod';
import { notFound } from '../reference/named.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import { macAddressOf } from './mac-address.ts';

type ImageRow = Selectable<Database['image']>;
type CreateRequest = z.output<typeof createInstanceSchema>;

/** Every reference resolved, every image looked at. Throws with the path of the field that is wrong. */
export async function configOfRequest(db: Kysely<Database>, request: CreateRequest): Promise<InstanceConfig> {
  const id = newId<InstanceId>();
  const disks: InstanceConfig['disks'] = [];
  for (const [position, { sizeBytes, image: reference }] of request.disks.entries()) {
    const image = reference === undefined ? null : await imageForDisk(db, reference, sizeBytes, `disks.${position}`);
    const diskId = newId<DiskId>();
    disks.push({ id: diskId, sizeBytes, image, volume: localVolume(diskId) });
  }
  return {
    id,
    name: request.name,
    cores: request.cores,
    memoryBytes: request.memoryBytes,
    nics: [{ mode: privateMode, macAddress: macAddressOf(id), address: null }],
    disks,
    boot: { ...defaultBoot, ...defined(request.boot ?? {}), ...onceOfRequest(request) },
    iso: request.iso === undefined ? null : nodeImageOf(await readyImage(db, request.iso, 'iso', 'iso')),
  };
}

/** As it is now; for every start after the first. Throws `not-found`. */
export async function loadInstanceConfig(
  db: Kysely<Database>,
  id: InstanceId,
  bootOnce?: BootDevice,
): Promise<InstanceConfig> {
  const config = (await loadInstanceConfigs(db, [id], bootOnce)).get(id);
  if (!config) throw notFound('instance', id);
  return config;
}

/** Of those that there are. */
export async function loadInstanceConfigs(
  db: Kysely<Database>,
  ids: readonly InstanceId[],
  bootOnce?: BootDevice,
): Promise<Map<InstanceId, InstanceConfig>> {
  const all = anyOf(ids);
  const [rows, disks, nics] = await Promise.all([
    db.selectFrom('instance').selectAll().where('id', '=', all).execute(),
    db.selectFrom('disk').selectAll().where('instance_id', '=', all).orderBy('position').execute(),
    db.selectFrom('nic').selectAll().where('instance_id', '=', all).orderBy('position').execute(),
  ]);
  const images = await imagesById(db, [...disks.map((disk) => disk.image_id), ...rows.map((row) => row.iso_image_id)]);
  const imageOf = (imageId: ImageId | null) => {
    const image = imageId === null ? undefined : images.get(imageId);
    return image ? nodeImageOf(image) : null;
  };
  const disksOf = Map.groupBy(disks, (disk) => disk.instance_id);
  const nicRowsOf = Map.groupBy(nics, (nic) => nic.instance_id);
  const configs = rows.map(
    (row): InstanceConfig => ({
      id: row.id,
      name: row.name,
      cores: row.cores,
      memoryBytes: row.memory_bytes,
      nics: nicsOf(row, nicRowsOf.get(row.id) ?? []),
      disks: (disksOf.get(row.id) ?? []).map(({ id: diskId, size_bytes: sizeBytes, image_id: imageId }) => ({
        ...{ id: diskId, sizeBytes, image: imageOf(imageId), volume: localVolume(diskId) },
      })),
      boot: { first: row.boot_first, menu: row.boot_menu, ...(bootOnce && { once: bootOnce }) },
      iso: imageOf(row.iso_image_id),
    }),
  );
  return new Map(configs.map((config) => [config.id, config]));
}

/** One that a Control Server of an older release has made has none written down until its node reports its address. */
function nicsOf({ mac_address, address }: Selectable<Database['instance']>, nics: Selectable<Database['nic']>[]) {
  const rows = nics.length > 0 ? nics : [{ mode: privateMode, mac_address, address }];
  return rows.map((nic) => ({ mode: nic.mode, macAddress: nic.mac_address, address: nic.address }));
}

/** A medium that is given with a new instance is there to install from. */
function onceOfRequest({ iso, bootOnce }: CreateRequest): { once?: BootDevice } {
  const once = bootOnce ?? (iso === undefined ? undefined : 'cd');
  return once ? { once } : {};
}

/** Without what is undefined, which is as if it had been left out. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

async function imageForDisk(db: Kysely<Database>, reference: string, sizeBytes: number, path: string) {
  const row = await readyImage(db, reference, 'disk', `${path}.image`);
  const image = nodeImageOf(row);
  if (sizeBytes >= image.virtualSizeBytes) return image;
  const { virtualSizeBytes: size } = image;
  const least = say('instance.least-of-image', { exact: size, size, image: row.name });
  throw new PlatformError('invalid-request', say('instance.disk-too-small', { least }), {
    errors: [fieldError(`${path}.sizeBytes`, say('field.at-least', { value: least }))],
  });
}

const kindNameOf = (kind: ImageKind) => say(`refusal.kind-${kind}`);

async function readyImage(db: Kysely<Database>, reference: string, kind: ImageKind, path: string): Promise<ImageRow> {
  const id = await resolveReference(db, 'image', reference, path);
  const { keeper, keeper_state, ...image } = await db
    .selectFrom('image')
    .leftJoin('registration', 'registration.component_id', 'image.storage_server_id')
    .selectAll('image')
    .select(['registration.name as keeper', 'registration.state as keeper_state'])
    .where('image.id', '=', id)
    .executeTakeFirstOrThrow();
  if (image.kind !== kind)
    throw new PlatformError(
      'image-wrong-kind',
      say('instance.image-kind', {
        image: image.name,
        found: kindNameOf(image.kind),
        wanted: kindNameOf(kind),
        use: say(`instance.use-${image.kind}`),
      }),
      { errors: [fieldError(path, say('instance.image-must-be', { what: kindNameOf(kind) }))] },
    );
  if (image.state !== 'ready') {
    const state = say(`image.state-${image.state}`);
    throw new PlatformError('image-not-ready', say('instance.image-not-ready', { image: image.name, state }), {
      errors: [fieldError(path, say('instance.image-is', { state }))],
    });
  }
  if (keeper_state === 'gone' && !(await isSomewhere(db, id))) {
    const gone = say('image.keeper-gone', { name: image.name, keeper: keeper ?? '' });
    throw new PlatformError('storage-unreachable', gone, { errors: [fieldError(path, gone)] });
  }
  return image;
}

/** A node that has an instance of it has the image: an instance may still be made there. */
async function isSomewhere(db: Kysely<Database>, image: ImageId): Promise<boolean> {
  const { rows } = await sql`
    select from instance where node_id is not null and state <> 'creating' and iso_image_id = ${image}
    union all
    select from disk join instance on instance.id = disk.instance_id
      where disk.image_id = ${image} and node_id is not null and state <> 'creating'
    limit 1`.execute(db);
  return rows.length > 0;
}

async function imagesById(db: Kysely<Database>, ids: readonly (ImageId | null)[]): Promise<Map<ImageId, ImageRow>> {
  const wanted = ids.filter((id) => id !== null);
  if (wanted.length === 0) return new Map();
  const rows = await db.selectFrom('image').selectAll().where('id', 'in', wanted).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

function nodeImageOf(row: ImageRow): NodeImage {
  if (row.format === null || row.virtual_size_bytes === null || row.sha256 === null)
    throw new PlatformError('image-not-ready', say('instance.image-unchecked', { image: row.name }));
  return {
    id: row.id,
    format: row.format,
    sizeBytes: row.size_bytes,
    virtualSizeBytes: row.virtual_size_bytes,
    sha256: row.sha256,
  };
}
