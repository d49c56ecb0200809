/**
 * Registration as rows, batched: when a whole domain returns, concurrent registrations share a commit. Each is judged
 * alone, and a refused one does not block the others.
 */
import type { ComponentId, ComponentState } from '@zhiyun/contracts';
import type { ComponentType, LinkEndpoint } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { anyOf, type Store, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { type NamedComponent, recordClockWrong, recordJoined, recordStateChange } from './component-events.ts';
import { lockComponents, removedError, ring } from './component-rows.ts';

/** Tolerated clock skew: beyond it certificates and log times are wrong. */
export const maxClockSkewMs = 5 * 60 * 1000;

export interface NewRegistration extends NamedComponent {
  endpoint: LinkEndpoint;
  version: string;
  life: string;
  /** How far its clock is ahead of ours. */
  clockSkewMs: number;
  dataServerId: ComponentId;
  session: string;
  /** Whether this Data Server still holds the stream of the session in the row. */
  heardHere: (session: string) => boolean;
}

/**
 * Why it was refused: `identity-in-use` while another life of the component is heard, or `component-removed`.
 * `not-yet`: another life was heard elsewhere a moment ago; wait until it is heard again or gone (fencing of copied
 * identities).
 */
export type Refusal = PlatformError | 'not-yet' | undefined;

export async function registerComponents(
  store: Store,
  registrations: readonly NewRegistration[],
): Promise<readonly Refusal[]> {
  const refusals = new Map<NewRegistration, Refusal>();
  let rest = registrations;
  while (rest.length > 0) {
    // The second life of one component is judged when the first is in its row.
    const first = new Map(rest.toReversed().map((one) => [one.id, one]));
    const round = rest.filter((one) => first.get(one.id) === one);
    rest = rest.filter((one) => first.get(one.id) !== one);
    const refused = await store.tx((tx) => registerOnce(tx, round));
    for (const [one, refusal] of refused) refusals.set(one, refusal);
  }
  return registrations.map((one) => refusals.get(one));
}

/** Each component once. */
async function registerOnce(tx: Tx, registrations: readonly NewRegistration[]): Promise<Map<NewRegistration, Refusal>> {
  const ids = registrations.map(({ id }) => id);
  const members = await lockComponents(tx, ids);
  const present = await readPresent(tx, ids);
  const judged = new Map<NewRegistration, Refusal>(
    registrations.map((one) => [
      one,
      members.has(one.id) ? refusalOf(one, present.get(one.id)) : removedError(one.type),
    ]),
  );
  const admitted = registrations.filter((one) => judged.get(one) === undefined);
  if (admitted.length === 0) return judged;
  await write(tx, admitted);
  for (const one of admitted) await recordRegistration(tx, one, present.get(one.id));
  await ring(
    tx,
    admitted.map(({ id }) => id),
  );
  return judged;
}

async function write(tx: Tx, registrations: readonly NewRegistration[]): Promise<void> {
  const given = registrations.map(({ heardHere: _heardHere, ...row }) => row);
  await sql`
    insert into registration (component_id, name, version, life, endpoint, session, clock_skew_ms, data_server_id,
      state, is_open, since)
    select id, name, version, life, endpoint, session, "clockSkewMs", "dataServerId", 'online', true, clock_timestamp()
    from jsonb_to_recordset(${given}::jsonb) as given (id uuid, name text, version text, life uuid, endpoint jsonb,
      session uuid, "clockSkewMs" bigint, "dataServerId" uuid)
    on conflict (component_id) do update set
      name = excluded.name, version = excluded.version, life = excluded.life, endpoint = excluded.endpoint,
      session = excluded.session, clock_skew_ms = excluded.clock_skew_ms, data_server_id = excluded.data_server_id,
      state = excluded.state, is_open = excluded.is_open,
      since = case when registration.state = 'online' then registration.since else excluded.since end`.execute(tx);
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

interface Present {
  component_id: ComponentId;
  name: string;
  endpoint: LinkEndpoint;
  life: string;
  state: ComponentState;
  clock_skew_ms: number;
  data_server_id: ComponentId;
  session: string;
  is_heard: boolean;
}

async function readPresent(tx: Tx, ids: readonly ComponentId[]): Promise<Map<ComponentId, Present>> {
  const { rows } = await sql<Present>`
    select component_id, name, endpoint, life, state, clock_skew_ms, data_server_id, session,
      is_open and state <> 'gone' and exists (select 1 from lease
        where lease.name = 'data-server/' || data_server_id and lease.expires_at > clock_timestamp()) as is_heard
    from registration where component_id = ${anyOf(ids)}
    order by component_id for update`.execute(tx);
  return new Map(rows.map((row) => [row.component_id, row]));
}

function refusalOf(registration: NewRegistration, present: Present | undefined): Refusal {
  if (!present || mayReplace(present, registration)) return undefined;
  const { id, dataServerId, heardHere, type } = registration;
  const isHeard = present.data_server_id === dataServerId ? heardHere(present.session) : present.is_heard;
  if (isHeard) return inUse(type, present);
  // A Data Server would wait for its own verdict.
  return present.state === 'gone' || id === dataServerId || hasPlaceOf(present, registration) ? undefined : 'not-yet';
}

/** The same process, or one on the same port: the former one is dead. */
function mayReplace(present: Present, { life, endpoint }: NewRegistration): boolean {
  const { machine, port } = present.endpoint;
  return present.life === life || (machine === endpoint.machine && port === endpoint.port);
}

/** Same machine or a common host: a restart in place, so its former life is dead. */
function hasPlaceOf({ endpoint: { machine, hosts } }: Present, { endpoint }: NewRegistration): boolean {
  return machine === endpoint.machine || hosts.some((host) => endpoint.hosts.includes(host));
}

function inUse(type: ComponentType, { name, endpoint: { hosts, port } }: Present): PlatformError {
  return new PlatformError(
    'identity-in-use',
    `This ${type} is at work already as "${name}" at ${hosts[0]}:${port}: two run on one identity. Stop one of them. If its ` +
      `home directory or disk was copied, remove ${type}/identity from the copy, which then joins as a component of its own.`,
  );
}
