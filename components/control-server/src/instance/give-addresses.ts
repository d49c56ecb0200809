/**
 * Addresses of NICs: one of the node's range that no other NIC of that node has. Given in the commit that makes the instance; the unique
 * index decides between Control Servers that give at the same moment.
 */
import type { InstanceId, NodeId } from '@zhiyun/contracts';
import type { InstanceConfig, NicConfig } from '@zhiyun/contracts/links';
import type { Tx } from '@zhiyun/store';
import { sql } from 'kysely';

export interface NicsOf {
  readonly nodeId: NodeId;
  readonly config: InstanceConfig;
}

/** Those who want the same place in one statement: all but one try again. */
const tries = 8;

interface Wanted {
  instance_id: InstanceId;
  position: number;
  node_id: NodeId;
  mode: string;
  mac_address: string;
  wish: number;
}

/**
 * Writes the NICs of new instances; answers each one's addresses in the order of its NICs. Null: the node chooses, because it does not
 * say its range, or because the range is full, which the node then refuses with its reason.
 */
export async function giveAddresses(
  tx: Tx,
  instances: readonly NicsOf[],
): Promise<Map<InstanceId, NicConfig['address'][]>> {
  const given = new Map(instances.map(({ config: { id, nics } }) => [id, nics.map((): string | null => null)]));
  let wanted = instances.flatMap(({ nodeId, config }) =>
    config.nics.map(({ mode, macAddress }, position): Wanted => {
      const wish = Number.parseInt(config.id.slice(-8), 16) + position;
      return { instance_id: config.id, position, node_id: nodeId, mode, mac_address: macAddress, wish };
    }),
  );
  for (let attempt = 1; wanted.length > 0; attempt++) {
    const told = await giveOnce(tx, wanted, attempt === tries);
    for (const { instance_id: id, position, address } of told) given.get(id)?.splice(position, 1, address);
    const settled = new Set(told.map(({ instance_id: id, position }) => `${id} ${position}`));
    wanted = wanted.filter(({ instance_id: id, position }) => !settled.has(`${id} ${position}`));
  }
  return given;
}

/**
 * Each NIC has a /30 of its own, as its node cuts them out of its range: the second address is the guest's. An instance begins to look
 * where the end of its id, which is random, points. Answers what is settled: with an address, or without where there is none to give.
 */
async function giveOnce(
  tx: Tx,
  wanted: readonly Wanted[],
  isLast: boolean,
): Promise<{ instance_id: InstanceId; position: number; address: string | null }[]> {
  const { rows } = await sql<{ instance_id: InstanceId; position: number; address: string | null }>`
    with wanted as materialized (
      select wanted.*, free.address
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted (instance_id uuid, position smallint,
        node_id uuid, mode text, mac_address text, wish bigint)
      left join lateral (
        select range, least(36 ^ 4, 2 ^ (30 - masklen(range)))::bigint as places
        from (select (facts ->> 'guestRange')::cidr as range from node where id = wanted.node_id) as said
        where range is not null
      ) as node on true
      left join lateral (
        select address
        from (select generate_series(0, node.places - 1) as step) as steps
        cross join lateral (
          select set_masklen(node.range::inet + ((wanted.wish + step) % node.places * 4 + 2), 32) as address
        ) as candidate
        where not exists (select from nic where nic.node_id = wanted.node_id and nic.address = candidate.address)
        limit 1
      ) as free on true
    )
    insert into nic (instance_id, position, node_id, mode, mac_address, address)
    select instance_id, position, node_id, mode, mac_address, ${isLast ? sql`null::inet` : sql`address`} from wanted
    on conflict (node_id, address) do nothing
    returning instance_id, position, host(address) as address`.execute(tx);
  return rows;
}

export function withAddresses(
  config: InstanceConfig,
  addresses: readonly NicConfig['address'][] | undefined,
): InstanceConfig {
  return { ...config, nics: config.nics.map((nic, index) => ({ ...nic, address: addresses?.[index] ?? nic.address })) };
}
