/** The registrations as rows. Every change rings the doorbell, so that all Data Servers see the same list. */
import type { ComponentId } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import { sql } from 'kysely';

export const registrationChannel = 'zhiyun_registration';

export interface Registered extends ComponentRecord {
  session: string;
}

export interface NewRegistration {
  id: ComponentId;
  type: ComponentType;
  name: string;
  address: LinkAddress;
  dataServerId: ComponentId;
  session: string;
}

export async function readRegistrations(store: Store): Promise<Registered[]> {
  const rows = await store.db
    .selectFrom('registration')
    .innerJoin('component', 'component.id', 'registration.component_id')
    .select(['component.id', 'type', 'name', 'host', 'port', 'state', 'session'])
    .orderBy('component.id')
    .execute();
  return rows.map(({ host, port, ...row }) => ({ ...row, address: { host, port } }));
}

/**
 * Throws `join-refused` while the same component is registered from another address and heard there. `heardHere` says
 * whether this Data Server itself still hears the session that is in the row.
 */
export async function register(
  store: Store,
  registration: NewRegistration,
  heardHere: (session: string) => boolean,
): Promise<void> {
  const { id, type, name, address, dataServerId, session } = registration;
  await store.tx(async (tx) => {
    const present = await readPresent(tx, id);
    if (present && isElsewhere(present, address)) {
      const isHeard = present.data_server_id === dataServerId ? heardHere(present.session) : present.is_heard;
      if (isHeard) throw twice(type, present);
    }
    const row = { name, ...address, state: 'online' as const, data_server_id: dataServerId, session, is_open: true };
    await tx
      .insertInto('registration')
      .values({ component_id: id, since: sql`clock_timestamp()`, ...row })
      .onConflict((conflict) =>
        conflict.column('component_id').doUpdateSet({
          ...row,
          since: sql`case when registration.state = 'online' then registration.since else clock_timestamp() end`,
        }),
      )
      .execute();
    await ring(tx);
  });
}

/** Does nothing when a later registration has taken its place. */
export async function setState(
  store: Store,
  session: string,
  { state, isOpen }: { state: ComponentRecord['state']; isOpen: boolean },
): Promise<void> {
  await store.tx(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('registration')
      .set({ state, is_open: isOpen, since: sql`clock_timestamp()` })
      .where('session', '=', session)
      .where('state', '<>', state)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) await ring(tx);
  });
}

/** The stream is over: another place may register now. */
export async function setClosed(store: Store, session: string): Promise<void> {
  await store.db.updateTable('registration').set({ is_open: false }).where('session', '=', session).execute();
}

/**
 * What nobody hears any more is gone: registrations at Data Servers that have died, and those of our own former life
 * (`heard` are the sessions of this one).
 */
export async function dropUnheard(store: Store, dataServerId: ComponentId, heard: readonly string[]): Promise<void> {
  await sql`
    with dropped as (
      update registration set state = 'gone', since = clock_timestamp(), is_open = false
      where state <> 'gone' and case when data_server_id = ${dataServerId} then session not in (select jsonb_array_elements_text(${heard}::jsonb)::uuid)
        else not ${sql.raw(leaseIsAlive)} end
      returning 1
    )
    select pg_notify(${registrationChannel}, '') from dropped limit 1`.execute(store.db);
}

export function leaseName(dataServerId: ComponentId): string {
  return `data-server/${dataServerId}`;
}

const leaseIsAlive = `exists (select 1 from lease
  where lease.name = 'data-server/' || registration.data_server_id and lease.expires_at > clock_timestamp())`;

interface Present {
  name: string;
  host: string;
  port: number;
  data_server_id: ComponentId;
  session: string;
  is_heard: boolean;
}

async function readPresent(tx: Tx, id: ComponentId): Promise<Present | undefined> {
  const { rows } = await sql<Present>`
    select name, host, port, data_server_id, session, is_open and state <> 'gone' and ${sql.raw(leaseIsAlive)} as is_heard
    from registration where component_id = ${id} for update`.execute(tx);
  return rows[0];
}

function isElsewhere(present: Present, address: LinkAddress): boolean {
  return present.host !== address.host || present.port !== address.port;
}

function twice(type: ComponentType, { name, host, port }: Present): PlatformError {
  return new PlatformError(
    'join-refused',
    `This ${type} is at work already as "${name}" at ${host}:${port}: two run on one identity. Stop one of them. If its ` +
      `home directory was copied, remove ${type}/identity from the copy, which then joins as a component of its own.`,
  );
}

async function ring(tx: Tx): Promise<void> {
  await sql`select pg_notify(${registrationChannel}, '')`.execute(tx);
}
