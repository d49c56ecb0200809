/** Events as rows: written together with what they tell, read in order. */
import type { Event, OperationId, Page, Target, TargetKind } from '@zhiyun/contracts';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Store, Tx } from '../open-store.ts';
import type { EventTable } from '../tables/event.ts';

/** Rung at commit with the number of the event. */
export const eventChannel = 'zhiyun_event';

export interface NewEvent {
  /** `<subject>.<what>`. */
  kind: string;
  severity?: Event['severity'];
  subject: Target;
  data?: Event['data'];
  actor?: Event['actor'];
  operation?: OperationId | null;
}

/** In the transaction of the change itself, so that there is never one without the other. */
export async function recordEvent(tx: Tx, event: NewEvent): Promise<void> {
  await sql`with told as (${insertEvent(event)}) select ${ringEvents} from told`.execute(tx);
}

/** For a statement that writes the change as well: `told as (…)`, one event for each row of `cause`; with `ringEvents`. */
export function insertEvent(event: NewEvent, cause?: string): RawBuilder<unknown> {
  const { subject, actor } = event;
  return sql`
    insert into event (kind, severity, subject_kind, subject_id, subject_name, data, actor_id, actor_name, operation_id)
    select ${event.kind}::text, ${event.severity ?? 'info'}::text, ${subject.kind}::text, ${subject.id}::text,
      ${subject.name}::text, ${event.data ?? {}}::jsonb, ${actor?.id ?? null}::uuid, ${actor?.username ?? null}::text,
      ${event.operation ?? null}::uuid
    ${cause === undefined ? sql`` : sql`from ${sql.table(cause)}`}
    returning seq`;
}

/** To be selected: `… from told`, where the events were written. */
export const ringEvents = sql`pg_notify(${sql.lit(eventChannel)}, seq::text)`;

export interface ListEventsQuery {
  limit: number;
  cursor?: string | undefined;
  kind?: string | undefined;
  severity?: Event['severity'] | undefined;
  subjectKind?: TargetKind | undefined;
  /** Id of the subject. */
  subject?: string | undefined;
}

const sort = 'events:-seq';

/** Newest first. */
export async function listEvents(store: Store, query: ListEventsQuery): Promise<Page<Event>> {
  let select = store.db
    .selectFrom('event')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(query.limit + 1);
  if (query.cursor !== undefined) select = select.where('seq', '<', Number(decodeCursor(sort, query.cursor)[0]));
  if (query.kind !== undefined) select = select.where('kind', '=', query.kind);
  if (query.severity !== undefined) select = select.where('severity', '=', query.severity);
  if (query.subjectKind !== undefined) select = select.where('subject_kind', '=', query.subjectKind);
  if (query.subject !== undefined) select = select.where('subject_id', '=', query.subject);
  const rows = await select.execute();
  const items = rows.slice(0, query.limit).map(eventOf);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > items.length && last ? encodeCursor(sort, [last.seq]) : null };
}

export function eventOf(row: Selectable<EventTable>): Event {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    kind: row.kind,
    severity: row.severity,
    subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
    data: row.data,
    actor: row.actor_id && row.actor_name !== null ? { id: row.actor_id, username: row.actor_name } : null,
    operation: row.operation_id,
  };
}
