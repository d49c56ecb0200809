/** What an instance is when no operation works on it: a pure function of what was heard of it and of its node. */
import type { InstanceState, NodeState, StopReason } from '@zhiyun/contracts';
import type { Run } from './instance-run.ts';

export interface Observed {
  observed_state: 'prepared' | 'running' | 'stopped' | 'missing' | null;
  observed_stop_reason: StopReason | null;
  observed_stop_detail: string | null;
  observed_run?: Run | null;
}

export interface ShownState {
  state: InstanceState;
  stopReason: StopReason | null;
  stopDetail: string | null;
  /** Undefined: as it was shown before. */
  run?: Run | null;
}

/** `nodeState` null: its node was removed as lost. */
export function settledState(observed: Observed, nodeState: NodeState | null): ShownState {
  if (nodeState === null)
    return {
      state: 'lost',
      stopReason: null,
      stopDetail: 'Its node was removed as lost; its disks are still on that machine.',
    };
  if (nodeState === 'offline') return { state: 'unknown', stopReason: null, stopDetail: null };
  switch (observed.observed_state) {
    case 'running':
      return { state: 'running', stopReason: null, stopDetail: null, run: observed.observed_run ?? null };
    case 'prepared':
      return { state: 'stopped', stopReason: 'never-started', stopDetail: null, run: null };
    case 'stopped':
      return {
        state: 'stopped',
        stopReason: observed.observed_stop_reason ?? 'crashed',
        stopDetail: observed.observed_stop_detail,
        run: null,
      };
    case 'missing':
      return { state: 'stopped', stopReason: 'crashed', stopDetail: 'Its node does not have it any more.', run: null };
    case null:
      return { state: 'unknown', stopReason: null, stopDetail: 'Its node has not reported it yet.' };
  }
}
