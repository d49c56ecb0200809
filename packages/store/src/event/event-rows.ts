/** Event log: events are written in the transaction of their change, and read in order. */
import {
  type Event,
  type EventKind,
  type OperationId,
  ownedKinds,
  type Page,
  type Target,
  type TargetKind,
  type UserId,
} from '@zhiyun/contracts';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { plannedAnew } from '../connection/statement-names.ts';
import type { Store, Tx } from '../open-store.ts';
import { page } from '../page.ts';
import type { EventTable } from '../tables/event.ts';

/** Notified at commit with the event's number. */
export const eventChannel = 'zhiyun_event';

export interface NewEvent {
  kind: EventKind;
  severity?: Event['severity'];
  subject: Target;
  data?: Event['data'];
  actor?: Event['actor'];
  operation?: OperationId | null;
}

/** Call in the transaction of the change, so that neither exists without the other. */
export async function recordEvent(tx: Tx, event: NewEvent): Promise<void> {
  await recordEvents(tx, [event]);
}

/** Batch insert with one notification. */
export async function recordEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql`with told as (${insertEvents(events)}) select ${ringEvents} from told`.execute(tx);
}

/**
 * A CTE for a statement that also makes the change: use as `told as (…)` with `ringEvents`. `cause`: a CTE with a
 * column `id`; only events about subjects (or of operations) in it are written.
 */
export function insertEvents(
  events: readonly NewEvent[],
  cause?: { part: string; by: 'subject_id' | 'operation_id' },
): RawBuilder<unknown> {
  const rows = events.map(({ kind, severity = 'info', subject, data = {}, actor, operation = null }) => ({
    kind,
    severity,
    ...{ subject_kind: subject.kind, subject_id: subject.id, subject_name: subject.name },
    data,
    ...{ actor_id: actor?.id ?? null, actor_name: actor?.username ?? null, operation_id: operation },
  }));
  const caused = cause && sql`where ${sql.ref(cause.by)}::uuid in (select id from ${sql.table(cause.part)})`;
  return sql`
    insert into event (kind, severity, subject_kind, subject_id, subject_name, data, actor_id, actor_name, operation_id)
    select * from jsonb_to_recordset(${rows}::jsonb) as given (kind text, severity text, subject_kind text,
      subject_id text, subject_name text, data jsonb, actor_id uuid, actor_name text, operation_id uuid)
    ${caused ?? sql``}
    returning seq`;
}

/** Notifies in the same statement: `select … from told`. */
export const ringEvents = sql`pg_notify(${sql.lit(eventChannel)}, seq::text)`;

export interface ListEventsQuery {
  limit: number;
  cursor?: string | undefined;
  kind?: string | undefined;
  severity?: Event['severity'] | undefined;
  subjectKind?: TargetKind | undefined;
  /** Filter: id of the subject. */
  subject?: string | undefined;
  /** Of what belongs to users only what this one has done; undefined: of all users. */
  reader: UserId | undefined;
}

/** Newest first. */
export async function listEvents(store: Store, query: ListEventsQuery): Promise<Page<Event>> {
  const { kind, severity, subjectKind, subject, reader } = query;
  let select = store.db.selectFrom('event').selectAll().orderBy('seq', 'desc');
  if (kind !== undefined) select = select.where('kind', '=', kind);
  if (severity !== undefined) select = select.where('severity', '=', severity);
  if (subjectKind !== undefined) select = select.where('subject_kind', '=', subjectKind);
  if (subject !== undefined) select = select.where('subject_id', '=', subject);
  if (reader !== undefined)
    select = select.where(sql<boolean>`(subject_kind not in (${sql.join(ownedKinds)}) or actor_id = ${reader})`);
  if (kind ?? severity ?? subjectKind ?? subject) select = select.modifyEnd(sql.raw(plannedAnew));
  return page<Selectable<EventTable>, Event>(query, {
    list: 'events:-seq',
    keyOf: ({ seq }) => [seq],
    read: (after, count) => (after ? select.where('seq', '<', Number(after[0])) : select).limit(count).execute(),
    show: (rows) => rows.map(eventOf),
  });
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
