import { expect, test } from 'vitest';
import { instanceActions, instanceStates, instanceTransitions, statesAllowing, transientStates } from './state.ts';

test('no state is a trap: each can be left', () => {
  for (const state of instanceStates) expect(instanceTransitions[state], state).not.toEqual([]);
});

test('a state that an operation owns leads back to a lasting one', () => {
  for (const state of transientStates)
    expect(
      instanceTransitions[state].some((next) => next === 'running' || next === 'stopped'),
      state,
    ).toBe(true);
});

test('every action is possible somewhere, none while the node is not heard of', () => {
  for (const action of instanceActions) {
    expect(statesAllowing(action), action).not.toEqual([]);
    expect(statesAllowing(action), action).not.toContain('unknown');
  }
});
