/**
 * The state that an instance shows: a pure function of what is wanted of it, what was observed of it, its node, and the operation
 * that works on it. Nothing else decides what is shown; `change-instances.ts` writes the answer down.
 */
import type { InstanceState, NodeState, StopReason, TransientState, WantedState } from '@zhiyun/contracts';
import type { Run } from './instance-run.ts';

/** What its node last reported. */
export interface Observed {
  observed_state: 'prepared' | 'running' | 'stopped' | 'missing' | null;
  observed_stop_reason: StopReason | null;
  observed_stop_detail: string | null;
  observed_run?: Run | null;
}

export interface Known {
  wanted: WantedState;
  observed: Observed;
  /** Null: its node was removed as lost. */
  node: NodeState | null;
  /** What the operation that works on it shows; null: none does, or it shows what is. */
  working: TransientState | null;
}

export interface ShownState {
  state: InstanceState;
  stopReason: StopReason | null;
  stopDetail: string | null;
  /** Undefined: as it was shown before. */
  run?: Run | null;
}

export function shownState({ wanted, observed, node, working }: Known): ShownState {
  if (working !== null) return withoutReason(working);
  if (node === null)
    return {
      state: 'lost',
      stopReason: null,
      stopDetail: 'Its node was removed as lost; its disks are still on that machine.',
    };
  if (node === 'offline') return withoutReason('unknown');
  switch (observed.observed_state) {
    case 'running':
      return { ...withoutReason('running'), run: observed.observed_run ?? null };
    case 'prepared':
      return { state: 'stopped', stopReason: 'never-started', stopDetail: null, run: null };
    case 'stopped':
      return {
        state: 'stopped',
        // Its node does not say why: it was as wanted, or it was not.
        stopReason: observed.observed_stop_reason ?? (wanted === 'stopped' ? 'requested' : 'crashed'),
        stopDetail: observed.observed_stop_detail,
        run: null,
      };
    case 'missing':
      return { state: 'stopped', stopReason: 'crashed', stopDetail: 'Its node does not have it any more.', run: null };
    case null:
      return { state: 'unknown', stopReason: null, stopDetail: 'Its node has not reported it yet.' };
  }
}

function withoutReason(state: InstanceState): ShownState {
  return { state, stopReason: null, stopDetail: null };
}
