import type { InstanceId, InstanceState, NodeId, WantedState } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { describe, expect, test } from 'vitest';
import { type InstanceChange, isRefused, nextState, type StateRow } from './next-state.ts';
import { missing, type Observation } from './observation.ts';

const cause = { kind: 'report', operation: null } as const;
const row = (state: InstanceState, more: Partial<StateRow> = {}): StateRow => ({
  ...{ id: newId<InstanceId>(), name: 'web', node_id: newId<NodeId>(), state, stop_reason: null, stop_detail: null },
  ...{ run: null, address: null, wanted_state: 'running', observed_generation: 4, observed_sequence: 5 },
  ...{ observed_state: 'running', observed_stop_reason: null, observed_stop_detail: null, observed_run: null },
  ...more,
});
const observed = (id: InstanceId, state: Observation['observed_state'], epoch = 1): Observation => ({
  ...missing(id, 6),
  observed_state: state,
  observed_generation: 5,
  observed_run: state === 'running' ? { condition: null, epoch, startedBy: 'order' } : null,
});
function next(change: Omit<InstanceChange, 'cause' | 'node'> & Partial<InstanceChange>) {
  const made = nextState({ node: 'online', cause, ...change });
  if (made && isRefused(made)) throw new Error(`refused: ${JSON.stringify(made)}`);
  return made;
}

describe('a move', () => {
  test('outside the table is refused, and says which', () => {
    const lost = row('lost');
    expect(nextState({ instance: lost, node: 'online', cause, observed: observed(lost.id, 'running') })).toEqual({
      ...{ id: lost.id, name: 'web', from: 'lost', to: 'running' },
    });
    const creating = row('creating');
    expect(nextState({ instance: creating, node: 'online', cause, working: 'rebooting' })).toMatchObject({
      to: 'rebooting',
    });
  });

  test('is made by what is new alone: the same again changes nothing', () => {
    expect(next({ instance: row('running') })).toBe(undefined);
    expect(next({ instance: row('starting') })).toBe(undefined);
    expect(next({ instance: row('unknown'), node: 'offline' })).toBe(undefined);
  });

  test('ends while its node is away as what nobody knows', () => {
    expect(next({ instance: row('starting'), node: 'offline', working: null })?.shown.state).toBe('unknown');
  });

  test('is another machine in the same state, too', () => {
    const instance = row('running', { run: { condition: null, epoch: 1, startedBy: 'order' } });
    expect(next({ instance, observed: observed(instance.id, 'running', 1) })?.moved).toBe(false);
    expect(next({ instance, observed: observed(instance.id, 'running', 2) })?.moved).toBe(true);
  });

  test('is not made by a report while an operation works on it, which is kept all the same', () => {
    const instance = row('rebooting');
    const made = next({ instance, observed: observed(instance.id, 'stopped') });
    expect(made).toMatchObject({ moved: false, events: [], observed: { observed_state: 'stopped' } });
    expect(made?.shown.state).toBe('rebooting');
  });
});

describe('what is wanted', () => {
  const wantedOf = (change: Parameters<typeof next>[0]): WantedState | undefined => next(change)?.wanted;

  test('comes with the order, and no report changes it', () => {
    const instance = row('running');
    expect(wantedOf({ instance, working: 'stopping', wanted: 'stopped' })).toBe('stopped');
    expect(wantedOf({ instance, observed: observed(instance.id, 'stopped') })).toBe('running');
  });

  test('is what is found when the order was undone; that it be deleted nobody wants any more', () => {
    const stopping = row('stopping', { wanted_state: 'stopped' });
    expect(wantedOf({ instance: stopping, working: null, wanted: 'as-found' })).toBe('running');
    const deleting = row('deleting', { wanted_state: 'deleted', observed_state: null });
    expect(wantedOf({ instance: deleting, working: null, wanted: 'as-found' })).toBe('stopped');
  });
});
