/** Events as lines of a log that is the same in every run: names instead of ids, the story's time. */
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';

const id = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const moment = /^\d{4}-\d\d-\d\dT/;

interface EventRow {
  seq: number;
  kind: string;
  subject_name: string;
  data: Record<string, unknown>;
}

/** What was written since the last call. */
export function createEventReader({ db }: Store): () => Promise<string[]> {
  let last = 0;
  return async () => {
    const { rows } = await sql<EventRow>`
      select seq, kind, subject_name, data from event where seq > ${last} order by seq`.execute(db);
    last = Number(rows.at(-1)?.seq ?? last);
    return rows.map(({ kind, subject_name, data }) => [kind, subject_name, ...wordsOf(data)].join(' '));
  };
}

function wordsOf(data: Record<string, unknown>): string[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const isPlain = typeof value === 'string' ? !id.test(value) && !moment.test(value) : typeof value === 'number';
    return isPlain ? [`${key}=${value}`] : [];
  });
}
