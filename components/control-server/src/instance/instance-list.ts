/** Instances as the API shows them: one statement a page, continued by keyset, so that page 2,000 costs what page 1 does. */

import {
  type ComputePoolId,
  type ImageId,
  type Instance,
  type InstanceDetail,
  type InstanceId,
  type InstancePage,
  type InstanceState,
  instanceCan,
  type NodeId,
} from '@zhiyun/contracts';
import { type CursorKey, type Database, page } from '@zhiyun/store';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { countIds, type Narrowing, pageOfIds } from '../list/page-of-ids.ts';
import { searchInstances } from '../list/search.ts';
import { notFound } from '../reference/named.ts';

export interface InstanceQuery {
  limit: number;
  cursor?: string | undefined;
  search?: string | undefined;
  state?: InstanceState | undefined;
  computePoolId?: ComputePoolId | undefined;
  nodeId?: NodeId | undefined;
  imageId?: ImageId | undefined;
  sort: 'name' | '-name' | 'createdAt' | '-createdAt';
  total?: 'true' | undefined;
}

interface ShownRow extends Selectable<Database['instance']> {
  compute_pool_name: string;
  node_name: string | null;
  iso_name: string | null;
  disks: Instance['disks'];
  operation_id: Instance['operation'];
}

export async function listInstances(db: Kysely<Database>, query: InstanceQuery): Promise<InstancePage> {
  const descending = query.sort.startsWith('-');
  const key = query.sort.endsWith('name') ? 'name' : 'created_at';
  const fitting = {
    ...({ table: 'instance', keys: [key, 'id'], descending } as const),
    conditions: conditionsOf(query),
    narrowings: [
      query.search ? searchInstances(query.search) : undefined,
      query.imageId ? usersOf(query.imageId) : undefined,
    ],
  };
  const direction = sql.raw(descending ? 'desc' : 'asc');
  const order = sql`order by instance.${sql.ref(key)} ${direction}, instance.id ${direction}`;
  const one = await page<ShownRow, Instance>(query, {
    list: `instances:${query.sort}`,
    keyOf: ({ name, created_at, id }) => [key === 'name' ? name : created_at.toISOString(), id],
    keyLength: 2,
    async read(after, count) {
      const beyondIt = after && beyond(after, key, descending);
      return select(db, await pageOfIds(db, { ...fitting, limit: count - 1, after: beyondIt }), order);
    },
    show: (rows) => rows.map(instanceOf),
  });
  return {
    ...one,
    ...(query.total ? { total: await countIds(db, fitting) } : {}),
  };
}

function beyond([value, id]: CursorKey, key: 'name' | 'created_at', descending: boolean): RawBuilder<unknown> {
  const type = sql.raw(key === 'name' ? 'text' : 'timestamptz');
  return sql`(${sql.ref(key)}, id) ${sql.raw(descending ? '<' : '>')} (${value}::${type}, ${id}::uuid)`;
}

export async function getInstance(db: Kysely<Database>, id: InstanceId): Promise<InstanceDetail> {
  const [row] = await select(db, sql`(${id}::uuid)`, sql``);
  if (!row) throw notFound('instance', id);
  return { ...instanceOf(row), placement: row.placement };
}

/** Who has the image as ISO or on a disk. */
function usersOf(image: ImageId): Narrowing {
  return {
    candidates: sql`select instance_id as id from disk where image_id = ${image}
      union all select id from instance where iso_image_id = ${image}`,
    matches: sql`(iso_image_id = ${image}
      or exists (select from disk where disk.image_id = ${image} and disk.instance_id = instance.id))`,
  };
}

function conditionsOf(query: InstanceQuery): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [];
  if (query.state) conditions.push(sql`state = ${query.state}`);
  if (query.computePoolId) conditions.push(sql`compute_pool_id = ${query.computePoolId}`);
  if (query.nodeId) conditions.push(sql`node_id = ${query.nodeId}`);
  return conditions;
}

/** The page is cut first; names, disks and operation are then looked up for its rows alone. */
async function select(
  db: Kysely<Database>,
  page: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): Promise<ShownRow[]> {
  const { rows } = await sql<ShownRow>`
    select instance.*, pool.name as compute_pool_name, node.name as node_name, iso.name as iso_name,
      coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', disk.id, 'sizeBytes', disk.size_bytes,
            'image', case when image.id is not null then jsonb_build_object('id', image.id, 'name', image.name) end
          ) order by disk.position)
        from disk left join image on image.id = disk.image_id
        where disk.instance_id = instance.id
      ), '[]') as disks,
      (
        select claim.operation_id from operation_claim as claim
        where claim.target_kind = 'instance' and claim.target_id = instance.id::text
      ) as operation_id
    from instance
    join compute_pool as pool on pool.id = instance.compute_pool_id
    left join node on node.id = instance.node_id
    left join image as iso on iso.id = instance.iso_image_id
    where instance.id in ${page}
    ${order}`.execute(db);
  return rows;
}

/** So that it may be in a condition. */
function hasMachine(state: InstanceState): boolean {
  return instanceCan('kill', state);
}

function instanceOf(row: ShownRow): Instance {
  return {
    id: row.id,
    name: row.name,
    computePool: { id: row.compute_pool_id, name: row.compute_pool_name },
    node: row.node_id && row.node_name !== null ? { id: row.node_id, name: row.node_name } : null,
    state: row.state,
    stateSince: row.state_since.toISOString(),
    stopReason: row.stop_reason,
    stopDetail: row.stop_detail,
    condition: hasMachine(row.state) ? (row.run?.condition ?? null) : null,
    boot: { first: row.boot_first, menu: row.boot_menu },
    cores: row.cores,
    memoryBytes: row.memory_bytes,
    disks: row.disks,
    iso: row.iso_image_id && row.iso_name !== null ? { id: row.iso_image_id, name: row.iso_name } : null,
    address: row.address,
    macAddress: row.mac_address,
    createdAt: row.created_at.toISOString(),
    operation: row.operation_id,
  };
}
