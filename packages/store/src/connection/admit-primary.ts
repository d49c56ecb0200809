/**
 * The question put to every fresh connection: is this a server that may be written to? A former primary that came back, or was
 * cut off from its cluster, may still believe that it is one; but every promotion begins a new timeline, so who is on an
 * older timeline than one already seen is refused.
 */
import type pg from 'pg';
import { oldestMajor } from '../postgres/binaries.ts';
import { cutOff } from './client-settings.ts';
import { reasonOf } from './database-errors.ts';

export const answerWithinMs = 3_000;

/** Why a server is not taken, as the end of a sentence that begins with its name. */
export class Refusal extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.name = 'Refusal';
  }
}

interface ServerState {
  version: number;
  in_recovery: boolean;
  read_only: boolean;
  timeline: number;
}

/**
 * Answers the server's timeline (0: not asked for). `newestTimeline`: the newest seen so far, when there are several servers.
 * Throws `Refusal`; the client is then of no use.
 */
export async function admitPrimary(client: pg.Client, newestTimeline: number | undefined): Promise<number> {
  const state = await ask(client, newestTimeline !== undefined);
  const major = Math.floor(state.version / 10_000);
  if (major < oldestMajor) throw new Refusal(`is PostgreSQL ${major}; version ${oldestMajor} or later is needed`);
  if (state.in_recovery) throw new Refusal('is a standby');
  if (state.read_only) throw new Refusal('accepts no writes (default_transaction_read_only is on)');
  if (newestTimeline !== undefined && state.timeline < newestTimeline)
    throw new Refusal(`is a former primary (timeline ${state.timeline}; the newest is ${newestTimeline})`);
  return state.timeline;
}

async function ask(client: pg.Client, withTimeline: boolean): Promise<ServerState> {
  const timeline = withTimeline
    ? `case when pg_is_in_recovery() then 0
        else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer end`
    : '0';
  const timer = setTimeout(() => cutOff(client, 'it did not answer in time'), answerWithinMs);
  try {
    const { rows } = await client.query<ServerState>(`select current_setting('server_version_num')::integer as version,
      pg_is_in_recovery() as in_recovery, current_setting('transaction_read_only')::boolean as read_only,
      ${timeline} as timeline`);
    const [state] = rows;
    if (!state) throw new Error('it answered nothing');
    return state;
  } catch (error) {
    throw new Refusal(`does not answer (${reasonOf(error)})`, error);
  } finally {
    clearTimeout(timer);
  }
}
