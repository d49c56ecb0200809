/**
 * While an operation of this Control Server works on an instance, what the instance's node reports is held in memory: it is not to
 * be shown before the operation ends, and mostly says what the node answers to the operation itself. Only what is newer than that
 * answer is taken then. If this process dies meanwhile, the next inventory of the node says it again.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import type { EndedWork } from '@zhiyun/transaction';
import type { Observation } from './instance-reports.ts';

/** Of the operation that works on the instance here; undefined: none does. */
export type WorkOn = (id: InstanceId) => Promise<EndedWork> | undefined;

export class HeldObservations {
  readonly #workOn: WorkOn;
  readonly #held = new Map<InstanceId, Observation>();

  constructor(workOn: WorkOn) {
    this.#workOn = workOn;
  }

  /** False: nothing works on it here. `take`: what is to be done with it afterwards, if it is still news. */
  hold(observation: Observation, take: (observation: Observation) => void): boolean {
    const { id, observed_sequence } = observation;
    const work = this.#workOn(id);
    if (!work) return false;
    const held = this.#held.get(id);
    if (!held) void work.then((ended) => this.#release(id, ended, take));
    if (!held || held.observed_sequence < observed_sequence) this.#held.set(id, observation);
    return true;
  }

  #release(id: InstanceId, ended: EndedWork, take: (observation: Observation) => void): void {
    const observation = this.#held.get(id);
    this.#held.delete(id);
    if (observation && observation.observed_sequence > keptSequence(ended)) take(observation);
  }
}

/** Of the report that an operation has written when it succeeded. */
function keptSequence({ state, memory }: EndedWork): number {
  const { report } = memory as { report?: Pick<InstanceReport, 'sequence'> };
  return state === 'succeeded' && report ? report.sequence : -1;
}
