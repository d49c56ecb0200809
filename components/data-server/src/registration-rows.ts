/** The registrations as rows. Every change rings the doorbell, so that all Data Servers see the same list. */
import type { ComponentId, ComponentState } from '@zhiyun/contracts';
import type { ComponentType, LinkEndpoint } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { type NamedComponent, recordClockWrong, recordJoined, recordStateChange } from './component-events.ts';
import { lockComponent, removedError, ring } from './component-rows.ts';

/** Two clocks that differ by more than this make certificates and times in the log wrong. */
export const maxClockSkewMs = 5 * 60 * 1000;

export interface NewRegistration extends NamedComponent {
  endpoint: LinkEndpoint;
  version: string;
  life: string;
  /** How far its clock is ahead of ours. */
  clockSkewMs: number;
  dataServerId: ComponentId;
  session: string;
}

/**
 * Throws `identity-in-use` while another life of the same component is heard, `component-removed`. `heardHere` says whether
 * this Data Server itself still hears the session that is in the row.
 */
export async function register(
  store: Store,
  registration: NewRegistration,
  heardHere: (session: string) => boolean,
): Promise<void> {
  const { id, type, name, endpoint, version, life, clockSkewMs, dataServerId, session } = registration;
  await store.tx(async (tx) => {
    if (!(await lockComponent(tx, id))) throw removedError(type);
    const present = await readPresent(tx, id);
    if (present && !mayReplace(present, registration)) {
      const isHeard = present.data_server_id === dataServerId ? heardHere(present.session) : present.is_heard;
      if (isHeard) throw inUse(type, present);
    }
    const row = {
      ...{ name, version, life, endpoint, session },
      ...{ state: 'online' as const, is_open: true, clock_skew_ms: clockSkewMs, data_server_id: dataServerId },
    };
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
    await recordRegistration(tx, registration, present);
    await ring(tx, [id]);
  });
}

async function recordRegistration(tx: Tx, registration: NewRegistration, present: Present | undefined): Promise<void> {
  const { life, clockSkewMs } = registration;
  if (!present) await recordJoined(tx, registration);
  else if (present.state !== 'online') {
    await recordStateChange(tx, registration, { from: present.state, to: 'online' });
  }
  const isWrong = Math.abs(clockSkewMs) > maxClockSkewMs;
  const isKnown = present?.life === life && Math.abs(present.clock_skew_ms) > maxClockSkewMs;
  if (isWrong && !isKnown) await recordClockWrong(tx, registration, clockSkewMs);
}

export interface StateChange {
  id: ComponentId;
  /** Nothing happens when a later registration has taken its place. */
  session: string;
  state: ComponentState;
  isOpen: boolean;
}

/** All in one statement, however many. */
export async function setStates(store: Store, changes: readonly StateChange[]): Promise<void> {
  await store.tx(async (tx) => {
    const { rows } = await sql<NamedComponent & { from: ComponentState; to: ComponentState }>`
      with wanted as (
        select * from jsonb_to_recordset(${changes}::jsonb) as change (id uuid, session uuid, state text, "isOpen" boolean)
      ), past as (
        select component_id, registration.state, wanted.state as next, wanted."isOpen"
        from registration join wanted on component_id = wanted.id and registration.session = wanted.session
        where registration.state <> wanted.state
        order by component_id for update of registration
      )
      update registration set state = past.next, is_open = past."isOpen", since = clock_timestamp()
      from past join component on component.id = past.component_id
      where registration.component_id = past.component_id
      returning component.id, component.type, registration.name, past.state as from, past.next as to`.execute(tx);
    if (rows.length === 0) return;
    for (const row of rows) await recordStateChange(tx, row, row);
    await ring(
      tx,
      rows.map(({ id }) => id),
    );
  });
}

/** The stream is over: another place may register now. */
export async function setClosed(store: Store, id: ComponentId, session: string): Promise<void> {
  await store.db
    .updateTable('registration')
    .set({ is_open: false })
    .where('component_id', '=', id)
    .where('session', '=', session)
    .execute();
}

/** This Data Server stops: all its streams are over. */
export async function setAllClosed(store: Store, dataServerId: ComponentId): Promise<void> {
  await store.db
    .updateTable('registration')
    .set({ is_open: false })
    .where('data_server_id', '=', dataServerId)
    .where('is_open', '=', true)
    .execute();
}

export function leaseName(dataServerId: ComponentId): string {
  return `data-server/${dataServerId}`;
}

/** Those of `ids` that do not hold their lease: nobody judges the registrations they heard. */
export async function readDeadDataServers(store: Store, ids: readonly ComponentId[]): Promise<ComponentId[]> {
  const { rows } = await sql<{ id: ComponentId }>`
    select value as id from jsonb_array_elements_text(${ids}::jsonb)
    where not exists (select 1 from lease
      where lease.name = 'data-server/' || value and lease.expires_at > clock_timestamp())`.execute(store.db);
  return rows.map(({ id }) => id);
}

interface Present {
  name: string;
  endpoint: LinkEndpoint;
  life: string;
  state: ComponentState;
  clock_skew_ms: number;
  data_server_id: ComponentId;
  session: string;
  is_heard: boolean;
}

async function readPresent(tx: Tx, id: ComponentId): Promise<Present | undefined> {
  const { rows } = await sql<Present>`
    select name, endpoint, life, state, clock_skew_ms, data_server_id, session,
      is_open and state <> 'gone' and exists (select 1 from lease
        where lease.name = 'data-server/' || data_server_id and lease.expires_at > clock_timestamp()) as is_heard
    from registration where component_id = ${id} for update`.execute(tx);
  return rows[0];
}

/** The same process, or one that has its port: then the former is dead. */
function mayReplace(present: Present, { life, endpoint }: NewRegistration): boolean {
  const { machine, port } = present.endpoint;
  return present.life === life || (machine === endpoint.machine && port === endpoint.port);
}

function inUse(type: ComponentType, { name, endpoint: { hosts, port } }: Present): PlatformError {
  return new PlatformError(
    'identity-in-use',
    `This ${type} is at work already as "${name}" at ${hosts[0]}:${port}: two run on one identity. Stop one of them. If its ` +
      `home directory or disk was copied, remove ${type}/identity from the copy, which then joins as a component of its own.`,
  );
}
