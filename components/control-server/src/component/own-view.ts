/** What this Control Server sees of the domain by its own links, for when no Data Server is left that would know more. */
import type { ComponentId, ComponentState, Link } from '@zhiyun/contracts';
import { componentTypes } from '@zhiyun/contracts/links';
import { isoTime } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Database } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';

export interface SeenComponent {
  id: ComponentId;
  state: ComponentState;
  /** Null: for as long as the domain says. */
  since: string | null;
}

/** One direction only: from here to every peer. */
export function ownLinks(member: Pick<Member, 'id' | 'peers'>): Link[] {
  return componentTypes.flatMap((type) =>
    member.peers(type).map(({ id, state, since }) => ({ from: member.id, to: id, state, since: isoTime(since) })),
  );
}

/**
 * What counts for more than the rows of the domain: nothing as long as a Data Server lives and keeps them current, then this
 * component and its peers. One that is only being dialled is not there as far as can be told.
 */
export async function readOwnView(
  db: Kysely<Database>,
  member: Pick<Member, 'id' | 'peers'>,
): Promise<readonly SeenComponent[]> {
  const { rows: living } = await sql`
    select from lease where name like 'data-server/%' and expires_at > clock_timestamp() limit 1`.execute(db);
  if (living.length > 0) return [];
  const peers = ownLinks(member).map(({ to, state, since }) => ({
    id: to,
    state: state === 'connecting' ? ('gone' as const) : state,
    since,
  }));
  return [{ id: member.id, state: 'online', since: null }, ...peers];
}
