/** Derives a parent's state and progress from its children. Pure. */
import { type ChildCounts, type OperationState, operationEnded } from '@zhiyun/contracts';

export interface Member {
  /** `waiting`: not begun yet. */
  readonly state: OperationState | 'waiting';
  /** 0 to 1; counts while it is at work. */
  readonly progress: number;
  /** How much of the whole it is; default 1. */
  readonly weight?: number | undefined;
}

export interface Family {
  readonly counts: ChildCounts;
  /** `running` until no child is running and none will begin. */
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** 0 to 1. */
  readonly progress: number;
}

/** `stopping`: waiting children will not begin. A stuck child counts as ended for its parent: it waits for a person. */
export function familyOf(members: readonly Member[], { stopping = false } = {}): Family {
  const counts = { total: members.length, waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, stuck: 0 };
  let [whole, reached] = [0, 0];
  for (const { state, progress, weight = 1 } of members) {
    counts[isAtWork(state) ? 'running' : state]++;
    whole += weight;
    reached += weight * (state === 'waiting' ? 0 : isAtWork(state) ? Math.min(1, Math.max(0, progress)) : 1);
  }
  return { counts, state: stateOf(counts, stopping), progress: whole === 0 ? 1 : Math.min(1, reached / whole) };
}

function stateOf(counts: ChildCounts, stopping: boolean): Family['state'] {
  if (counts.running > 0 || (counts.waiting > 0 && !stopping)) return 'running';
  if (counts.waiting > 0) return 'cancelled';
  if (counts.failed + counts.stuck > 0) return 'failed';
  return counts.cancelled > 0 ? 'cancelled' : 'succeeded';
}

export function isAtWork(state: OperationState | 'waiting'): state is 'pending' | 'running' | 'undoing' {
  return state !== 'waiting' && state !== 'stuck' && !operationEnded(state);
}
