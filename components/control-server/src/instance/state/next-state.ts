/** What a change makes of an instance. Pure: the row as it is goes in, the row as it is to be comes out. */
import {
  type InstanceId,
  type InstanceState,
  mayMove,
  type NodeState,
  type OperationId,
  type StateCause,
  type TransientState,
  transientStates,
  type WantedState,
} from '@zhiyun/contracts';
import type { Database, NewEvent } from '@zhiyun/store';
import type { Selectable } from 'kysely';
import { runEvents, sameRun } from './instance-run.ts';
import type { Observation } from './observation.ts';
import { type ShownState, shownState } from './shown-state.ts';

export type InstanceRow = Selectable<Database['instance']>;

/** Of a row that the caller has locked. */
export const stateColumns = [
  ...(['id', 'name', 'node_id', 'state', 'stop_reason', 'stop_detail', 'run', 'address', 'wanted_state'] as const),
  ...(['observed_generation', 'observed_sequence', 'observed_state', 'observed_stop_reason'] as const),
  ...(['observed_stop_detail', 'observed_run'] as const),
] as const;
export type StateRow = Pick<InstanceRow, (typeof stateColumns)[number]>;

export interface Cause {
  kind: Exclude<StateCause, 'older-release'>;
  operation: OperationId | null;
}

export interface InstanceChange {
  instance: StateRow;
  /** Its node, locked too; null: it was removed as lost. */
  node: NodeState | null;
  cause: Cause;
  /** Undefined: what was heard before. */
  observed?: Observation | undefined;
  /** What the operation that works on it shows from now on; null: none works on it any more. Undefined: as before. */
  working?: TransientState | null | undefined;
  /** `as-found`: the order was taken back, so what it has come to is wanted. Undefined: as before. */
  wanted?: WantedState | 'as-found' | undefined;
}

export interface NextState {
  instance: StateRow;
  cause: Cause;
  wanted: WantedState;
  observed: Omit<Observation, 'id' | 'observed_generation'> & { observed_generation: number };
  shown: ShownState;
  /** The time of the state begins anew: another state, or another machine. */
  moved: boolean;
  events: NewEvent[];
}

/** A move that the table does not have. It is a bug, wherever it comes from. */
export interface RefusedMove {
  id: InstanceId;
  name: string;
  from: InstanceState;
  to: InstanceState;
}

/** Undefined: all is as it was. */
export function nextState(change: InstanceChange): NextState | RefusedMove | undefined {
  const { instance, cause, node } = change;
  const working = change.working === undefined ? workingOn(instance.state) : change.working;
  const heard = change.observed ?? instance;
  const observed = { ...heard, observed_generation: heard.observed_generation ?? instance.observed_generation };
  const known = { observed, node, working, wanted: wantedBefore(change) };
  const shown = working !== null && working === instance.state ? asShown(instance) : shownState(known);
  const { state: from } = instance;
  const { state: to } = shown;
  if (from !== to && !mayMove(from, to)) return { id: instance.id, name: instance.name, from, to };
  const wanted = change.wanted === 'as-found' ? foundWanted(shown.state, instance.wanted_state) : known.wanted;
  const events = changeEvents(instance, shown);
  const moved = from !== to || isOtherMachine(instance, shown);
  const same = isSame(instance, shown) && wanted === instance.wanted_state && !change.observed;
  return same ? undefined : { instance, cause, wanted, observed, shown, moved, events };
}

export function isRefused(next: NextState | RefusedMove): next is RefusedMove {
  return 'from' in next;
}

/** A state that only an operation shows is the sign that it works on the instance. */
export function workingOn(state: InstanceState): TransientState | null {
  return transientStates.find((transient) => transient === state) ?? null;
}

function wantedBefore({ instance, wanted }: InstanceChange): WantedState {
  return wanted === undefined || wanted === 'as-found' ? instance.wanted_state : wanted;
}

function foundWanted(state: InstanceState, before: WantedState): WantedState {
  if (state === 'running' || state === 'stopped') return state;
  // Nobody knows what it has come to; that it be deleted nobody wants any more.
  return before === 'deleted' ? 'stopped' : before;
}

function asShown({ state, stop_reason, stop_detail }: StateRow): ShownState {
  return { state, stopReason: stop_reason, stopDetail: stop_detail };
}

function isSame(instance: StateRow, shown: ShownState): boolean {
  return isSameState(instance, shown) && (shown.run === undefined || sameRun(instance.run, shown.run));
}

function isSameState(instance: StateRow, { state, stopReason, stopDetail }: ShownState): boolean {
  return instance.state === state && instance.stop_reason === stopReason && instance.stop_detail === stopDetail;
}

function isOtherMachine({ run }: StateRow, shown: ShownState): boolean {
  return !!run && !!shown.run && run.epoch !== shown.run.epoch;
}

function changeEvents(instance: StateRow, shown: ShownState): NewEvent[] {
  const state = isSameState(instance, shown) ? [] : [stateChangedEvent(instance, shown)];
  return [...state, ...(shown.run === undefined ? [] : runEvents(instance, shown.run))];
}

function stateChangedEvent({ id, name, state: from }: StateRow, shown: ShownState): NewEvent {
  const { state: to, stopReason, stopDetail } = shown;
  return {
    kind: 'instance.state-changed',
    severity: stopReason === 'crashed' || stopReason === 'launch-failed' ? 'warning' : 'info',
    subject: { kind: 'instance', id, name },
    data: { from, to, stopReason, stopDetail },
  };
}
