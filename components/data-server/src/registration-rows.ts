/** State changes of registrations, as rows. Each notifies, so that all Data Servers see the same list. */
import type { ComponentId, ComponentState } from '@zhiyun/contracts';
import { anyOf, type Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { type NamedComponent, recordStateChange } from './component-events.ts';
import { ring } from './component-rows.ts';

export interface StateChange {
  id: ComponentId;
  /** Fencing: no effect once a later registration has replaced it. */
  session: string;
  state: ComponentState;
  isOpen: boolean;
}

/** One statement, however many. */
export async function setStates(store: Store, changes: readonly StateChange[]): Promise<void> {
  await store.tx(async (tx) => {
    const { rows } = await sql<NamedComponent & { from: ComponentState; to: ComponentState }>`
      with wanted as (
        select * from jsonb_to_recordset(${changes}::jsonb) as change (id uuid, session uuid, state text, "isOpen" boolean)
      ), past as (
        select component_id, registration.state, wanted.state as next, wanted."isOpen"
        from registration join wanted on component_id = wanted.id and registration.session = wanted.session
        where component_id = ${anyOf(changes.map(({ id }) => id))} and registration.state <> wanted.state
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

/** The stream has ended: registration elsewhere is allowed now. */
export async function setClosed(store: Store, id: ComponentId, session: string): Promise<void> {
  await store.db
    .updateTable('registration')
    .set({ is_open: false })
    .where('component_id', '=', id)
    .where('session', '=', session)
    .execute();
}

/** This Data Server stops: closes all its registrations. */
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

/** Data Servers without a valid lease: nobody watches their registrations. */
export async function readDeadDataServers(store: Store, ids: readonly ComponentId[]): Promise<ComponentId[]> {
  const { rows } = await sql<{ id: ComponentId }>`
    select value as id from jsonb_array_elements_text(${ids}::jsonb)
    where not exists (select 1 from lease
      where lease.name = 'data-server/' || value and lease.expires_at > clock_timestamp())`.execute(store.db);
  return rows.map(({ id }) => id);
}
