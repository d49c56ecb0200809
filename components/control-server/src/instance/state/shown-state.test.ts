import { instanceStates, mayMove, type NodeState, nodeStates, transientStates, wantedStates } from '@zhiyun/contracts';
import { describe, expect, it } from 'vitest';
import { macAddressOf } from '../mac-address.ts';
import { workingOn } from './next-state.ts';
import { type Observed, shownState } from './shown-state.ts';

const observedStates = ['prepared', 'running', 'stopped', 'missing', null] as const;
const observed = (state: Observed['observed_state'], reason: Observed['observed_stop_reason'] = null): Observed => ({
  observed_state: state,
  observed_stop_reason: reason,
  observed_stop_detail: null,
});

const between = (seen: Observed, node: NodeState | null, wanted: (typeof wantedStates)[number] = 'running') =>
  shownState({ wanted, observed: seen, node, working: null });

describe('what is shown while an operation works on it', () => {
  it.each(transientStates)('%s, whatever is heard of it and its node', (working) => {
    for (const node of [...nodeStates, null])
      for (const seen of observedStates)
        expect(shownState({ wanted: 'running', observed: observed(seen), node, working })).toEqual({
          ...{ state: working, stopReason: null, stopDetail: null },
        });
  });
});

describe('what is shown between operations', () => {
  it.each([
    [observed('running'), 'online', 'running', null],
    [observed('running'), 'suspect', 'running', null],
    [observed('running'), 'offline', 'unknown', null],
    [observed('prepared'), 'online', 'stopped', 'never-started'],
    [observed('stopped', 'guest-shutdown'), 'online', 'stopped', 'guest-shutdown'],
    [observed('stopped'), 'online', 'stopped', 'crashed'],
    [observed('missing'), 'online', 'stopped', 'crashed'],
    [observed(null), 'online', 'unknown', null],
  ] as const)('%o on a node that is %s: %s (%s)', (seen, node, state, stopReason) => {
    expect(between(seen, node)).toMatchObject({ state, stopReason });
  });

  it('is stopped as it was wanted where its node does not say why', () => {
    for (const wanted of wantedStates)
      expect(between(observed('stopped'), 'online', wanted).stopReason).toBe(
        wanted === 'stopped' ? 'requested' : 'crashed',
      );
  });

  it('can be reached from every state: an operation may end wherever its instance is', () => {
    // What is lost has no node any more, so nothing else is shown of it.
    for (const from of instanceStates.filter((state) => state !== 'lost'))
      for (const node of nodeStates)
        for (const seen of observedStates) {
          const { state } = between(observed(seen), node);
          expect(from === state || mayMove(from, state), `${from} → ${state}`).toBe(true);
          expect(workingOn(state)).toBe(null);
        }
  });

  it('is «lost» once the node was removed as lost, whatever was last heard', () => {
    for (const seen of observedStates) expect(between(observed(seen), null)).toMatchObject({ state: 'lost' });
    for (const from of instanceStates) expect(from === 'lost' || mayMove(from, 'lost')).toBe(true);
  });
});

it('a MAC address is unicast, local, and follows from the id', () => {
  const mac = macAddressOf('01a203e7-b026-75be-b70d-1de453f907f7' as Parameters<typeof macAddressOf>[0]);
  expect(mac).toBe('52:e4:53:f9:07:f7');
});
