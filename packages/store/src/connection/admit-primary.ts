/**
 * Checks every new connection: is this server the writable primary? A former primary that came back or is partitioned
 * may still believe so; but every promotion starts a new timeline, so a server on an older timeline is fenced off.
 */
import type pg from 'pg';
import { oldestMajor } from '../postgres/binaries.ts';
import { cutOff } from './client-settings.ts';
import { reasonOf } from './database-errors.ts';

export const answerWithinMs = 3_000;

/** Why a server is refused, as the end of a sentence that begins with its name. */
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
 * Returns the server's timeline (0: not checked). `newestTimeline`: newest seen so far, when there are several servers.
 * Throws `Refusal`; the client is unusable then.
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

/** Which of these backends are working, or waiting for a standby, right now. Throws `Refusal` like `admitPrimary`. */
export async function activeBackends(client: pg.Client, backends: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await answered<{ pid: number }>(
    client,
    `select pid from pg_stat_activity where state in ('active', 'fastpath function call') and pid = any ($1)`,
    [backends],
  );
  return new Set(rows.map(({ pid }) => pid));
}

async function ask(client: pg.Client, withTimeline: boolean): Promise<ServerState> {
  const timeline = withTimeline
    ? `case when pg_is_in_recovery() then 0
        else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer end`
    : '0';
  const [state] = await answered<ServerState>(
    client,
    `select current_setting('server_version_num')::integer as version, pg_is_in_recovery() as in_recovery,
      current_setting('transaction_read_only')::boolean as read_only, ${timeline} as timeline`,
  );
  if (!state) throw new Refusal('does not answer (it answered nothing)');
  return state;
}

async function answered<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  const timer = setTimeout(() => cutOff(client, 'it did not answer in time'), answerWithinMs);
  try {
    return (await client.query<Row>(text, parameters)).rows;
  } catch (error) {
    throw new Refusal(`does not answer (${reasonOf(error)})`, error);
  } finally {
    clearTimeout(timer);
  }
}
