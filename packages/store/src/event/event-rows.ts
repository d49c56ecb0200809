/** Events as rows: written together with what they tell, read in order. */
import type { Event, OperationId, Page, Target, TargetKind } from '@zhiyun/contracts';
import { type Selectable, sql } from 'kysely';
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
  const { subject, actor } = event;
  await sql`
    with written as (
      insert into event (kind, severity, subject_kind, subject_id, subject_name, data, actor_id, actor_name, operation_id)
      values (${event.kind}, ${event.severity ?? 'info'}, ${subject.kind}, ${subject.id}, ${subject.name},
        ${event.data ?? {}}, ${actor?.id ?? null}, ${actor?.username ?? null}, ${event.operation ?? null})
      returning seq
    )
    select pg_notify(${eventChannel}, seq::text) from written`.execute(tx);
}

/** Many at once, with one ring of the bell. */
export async function recordEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ kind, severity = 'info', subject, data = {}, actor, operation = null }) => ({
    ...{ kind, severity, data, operation_id: operation },
    ...{ subject_kind: subject.kind, subject_id: subject.id, subject_name: subject.name },
    ...{ actor_id: actor?.id ?? null, actor_name: actor?.username ?? null },
  }));
  await tx.insertInto('event').values(rows).execute();
  await sql`select pg_notify(${eventChannel}, '')`.execute(tx);
}

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
