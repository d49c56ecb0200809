/**
 * State machine of one operation's journal, as pure functions. `cursor` is the action at work: going forward the next
 * or running one (the number of actions when all are done), going back the one being undone (-1 when none is left).
 */
import type { Fault, OperationState, OperationStep, StepState } from '@zhiyun/contracts';

export interface JournalState {
  readonly state: OperationState;
  readonly cursor: number;
  readonly steps: readonly OperationStep[];
  /** Merged results of the actions so far. */
  readonly memory: Readonly<Record<string, unknown>>;
  readonly error: Fault | null;
}

export function newJournal(actionNames: readonly string[]): JournalState {
  const steps = actionNames.map(
    (name): OperationStep => ({ name, state: 'waiting', progress: null, startedAt: null, endedAt: null, error: null }),
  );
  return { state: 'pending', cursor: 0, steps, memory: {}, error: null };
}

export function stepAtCursor(journal: JournalState): StepState | undefined {
  return journal.steps[journal.cursor]?.state;
}

export function started(journal: JournalState, at: string): JournalState {
  return { ...withStep(journal, { state: 'running', startedAt: at }), state: 'running' };
}

/** `result` is reduced to JSON, as it would be read after a crash. */
export function done(journal: JournalState, result: object | undefined, at: string): JournalState {
  const startedAt = journal.steps[journal.cursor]?.startedAt ?? at;
  const { steps } = withStep(journal, { state: 'done', progress: 1, startedAt, endedAt: at });
  return {
    ...journal,
    steps,
    state: 'running',
    cursor: nextOf(steps),
    memory: { ...journal.memory, ...(result && JSON.parse(JSON.stringify(result))) },
  };
}

/** The action at the cursor failed: it and all before are to be undone. */
export function failed(journal: JournalState, error: Fault, at: string): JournalState {
  const { steps } = withStep(journal, { state: 'failed', endedAt: at, error });
  return { ...journal, steps, state: 'undoing', cursor: lastBegun(steps), error };
}

/** Cancelled between two actions: the one at the cursor never started. */
export function turnedBack(journal: JournalState, error: Fault): JournalState {
  return { ...journal, state: 'undoing', cursor: lastBegun(journal.steps), error };
}

export function undoStarted(journal: JournalState): JournalState {
  return { ...withStep(journal, { state: 'undoing' }), state: 'undoing' };
}

export function undone(journal: JournalState, at: string): JournalState {
  return { ...withStep(journal, { state: 'undone', endedAt: at }), cursor: journal.cursor - 1 };
}

/** Nothing to undo at the cursor: its step keeps the state it has. */
export function undoSkipped(journal: JournalState): JournalState {
  return { ...journal, cursor: journal.cursor - 1 };
}

export function undoFailed(journal: JournalState, error: Fault, at: string): JournalState {
  return { ...withStep(journal, { state: 'undo-failed', endedAt: at, error }), state: 'stuck' };
}

export function ended(journal: JournalState, state: 'succeeded' | 'failed' | 'cancelled'): JournalState {
  return { ...journal, state };
}

/**
 * Maps the journal of another release onto this release's actions, by name. New actions are waiting; going forward the
 * first unfinished one is next, so none is skipped or repeated. Throws when a started action no longer exists or moved:
 * it could not be undone.
 */
export function realigned(journal: JournalState, names: readonly string[]): JournalState {
  const { steps, state, cursor } = journal;
  if (steps.length === names.length && steps.every(({ name }, index) => name === names[index])) return journal;
  const begun = steps.filter((step) => step.state !== 'waiting');
  const places = begun.map(({ name }) => names.indexOf(name));
  const lost = begun.find((_, index) => places[index] === -1);
  if (lost) throw new Error(`it has begun the action "${lost.name}", which is no more`);
  if (places.some((place, index) => index > 0 && place <= (places[index - 1] ?? 0)))
    throw new Error('its actions come in another order now');
  const byName = new Map(steps.map((step) => [step.name, step]));
  const aligned = newJournal(names).steps.map((step) => byName.get(step.name) ?? step);
  const back = names.indexOf(steps[cursor]?.name ?? '');
  return { ...journal, steps: aligned, cursor: state === 'pending' || state === 'running' ? nextOf(aligned) : back };
}

/** First unfinished action. Later ones may be finished too: see `realigned`. */
function nextOf(steps: readonly OperationStep[]): number {
  const next = steps.findIndex(({ state }) => state !== 'done');
  return next === -1 ? steps.length : next;
}

/** Last started action, where undoing begins; -1: none. */
function lastBegun(steps: readonly OperationStep[]): number {
  return steps.findLastIndex(({ state }) => state !== 'waiting');
}

/** 0 to 1 over all steps; `fraction` of the one that is running. */
export function progressOf(journal: JournalState, fraction = 0): number {
  const begun = journal.steps.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  return (begun + fraction) / journal.steps.length;
}

export function withProgress(journal: JournalState, fraction: number): JournalState {
  return withStep(journal, { progress: fraction });
}

function withStep(journal: JournalState, change: Partial<OperationStep>): JournalState {
  return {
    ...journal,
    steps: journal.steps.map((step, index) => (index === journal.cursor ? { ...step, ...change } : step)),
  };
}
