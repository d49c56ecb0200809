/**
 * The door through which every change of an instance's state goes: orders, their ends, and what nodes report. Each move is checked
 * against the table in contracts, and written with its history and its events in one statement. Callers hold the rows' locks.
 */
import { say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { anyOf, insertEvents, ringEvents, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { type InstanceChange, isRefused, type NextState, nextState, type RefusedMove } from './next-state.ts';
import { historyOf } from './state-history.ts';

/** Answers the moves that the table does not have; those were not made, and everything else was. */
export async function changeInstances(tx: Tx, changes: readonly InstanceChange[]): Promise<RefusedMove[]> {
  const next = changes.map(nextState).filter((one) => one !== undefined);
  await write(
    tx,
    next.filter((one): one is NextState => !isRefused(one)),
  );
  return next.filter(isRefused);
}

/** As orders do it. Throws `wrong-state` for a move that the table does not have; then nothing was changed. */
export async function changeOrFail(tx: Tx, changes: readonly InstanceChange[]): Promise<void> {
  const [refused] = await changeInstances(tx, changes);
  if (!refused) return;
  const { name, from, to } = refused;
  throw new PlatformError(
    'wrong-state',
    say('instance.no-way', { name, state: say(`instance.state-${from}`), to: say(`instance.state-${to}`) }),
  );
}

async function write(tx: Tx, changes: readonly NextState[]): Promise<void> {
  if (changes.length === 0) return;
  const given = changes.map(({ instance, shown, wanted, observed, moved, cause }) => ({
    ...observedColumns(observed),
    ...{ id: instance.id, from_state: instance.state, node_id: instance.node_id, wanted_state: wanted, moved },
    ...{ state: shown.state, stop_reason: shown.stopReason, stop_detail: shown.stopDetail },
    run: shown.run === undefined ? instance.run : shown.run,
    ...{ cause: cause.kind, operation_id: cause.operation },
  }));
  const events = changes.flatMap(({ events, cause: { operation } }) =>
    events.map((event) => ({ ...event, operation })),
  );
  const told = events.length > 0;
  await sql`
    with changed as (
      update instance set state = given.state, stop_reason = given.stop_reason, stop_detail = given.stop_detail,
        wanted_state = given.wanted_state,
        state_since = case when given.moved then greatest(clock_timestamp(), instance.state_since)
          else instance.state_since end,
        moves = instance.moves + given.moved::integer,
        observed_generation = given.observed_generation, observed_sequence = given.observed_sequence,
        observed_state = given.observed_state, observed_stop_reason = given.observed_stop_reason,
        observed_stop_detail = given.observed_stop_detail, address = given.address,
        observed_run = given.observed_run, run = given.run
      from jsonb_to_recordset(${given}::jsonb) as given (id uuid, from_state text, node_id uuid, wanted_state text,
        moved boolean, state text, stop_reason text, stop_detail text, cause text, operation_id uuid, observed_generation bigint,
        observed_sequence bigint, observed_state text, observed_stop_reason text, observed_stop_detail text, address text,
        observed_run jsonb, run jsonb)
      where instance.id = given.id and instance.id = ${anyOf(given.map(({ id }) => id))}
      returning instance.id, instance.moves, given.from_state, instance.state, instance.stop_reason, instance.state_since,
        given.cause, given.operation_id, given.node_id, given.moved
    ), kept as (${historyOf('changed', sql`moved`)})
    ${told ? sql`, told as (${insertEvents(events)})` : sql``}
    select ${told ? sql`${ringEvents} from told` : sql`id from changed`}`.execute(tx);
}

/** `observed` may be a whole row: of it only what was heard goes to the database. */
function observedColumns(observed: NextState['observed']): NextState['observed'] {
  const { observed_generation, observed_sequence, observed_state, observed_run, address } = observed;
  const { observed_stop_reason, observed_stop_detail } = observed;
  return {
    ...{ observed_generation, observed_sequence, observed_state, observed_run, address },
    ...{ observed_stop_reason, observed_stop_detail },
  };
}
