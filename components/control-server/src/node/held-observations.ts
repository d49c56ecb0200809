/**
 * Holds back (in memory) what a node reports about an instance while an operation here works on it: mostly it echoes
 * the operation's own answer. Afterwards only newer reports are applied. If this process dies, the node's next
 * inventory repeats them.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import type { EndedWork } from '@zhiyun/transaction';
import type { Observation } from '../instance/state/observation.ts';

/** Resolves with the end of the operation working on the instance here; undefined: none. */
export type WorkOn = (id: InstanceId) => Promise<EndedWork> | undefined;

export class HeldObservations {
  readonly #workOn: WorkOn;
  readonly #held = new Map<InstanceId, Observation>();

  constructor(workOn: WorkOn) {
    this.#workOn = workOn;
  }

  /** False: no operation here. `take`: applies the newest held report afterwards, if it is still news. */
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

/** Sequence of the report written by a successful operation. */
function keptSequence({ state, memory }: EndedWork): number {
  const { report } = memory as { report?: Pick<InstanceReport, 'sequence'> };
  return state === 'succeeded' && report ? report.sequence : -1;
}
