/** Samples the node's load and each running instance's usage every four seconds. */
import type { InstanceId, InstanceUsage } from '@zhiyun/contracts';
import type { NodeReport } from '@zhiyun/contracts/links';
import { type Clock, Emitter, type Logger } from '@zhiyun/kernel';
import type { Instances, RunningInstance } from '../instance/instances.ts';
import { InstanceMeter } from './instance-meter.ts';
import type { LoadMeter } from './node-load.ts';

export const samplePeriodMs = 4_000;

/** Names what runs; of two samples in a row that name the same it is the same array. */
export interface LoadReport extends Pick<Extract<NodeReport, { type: 'load' }>, 'type' | 'load'> {
  running: readonly InstanceId[];
  /** Of each. */
  usage: readonly Omit<InstanceUsage, 'at'>[];
}

interface SamplerOptions {
  meter: LoadMeter;
  instances: Instances;
  clock: Clock;
  log: Logger;
}

export class Sampler implements Disposable {
  readonly samples = new Emitter<LoadReport>();
  readonly #options: SamplerOptions;
  readonly #timer: Disposable;
  /** Of the running instances; a meter starts anew with its machine. */
  #meters = new Map<RunningInstance['machine'], InstanceMeter>();
  #last: LoadReport;
  #busy = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#last = { type: 'load', load: options.meter(), running: [], usage: [] };
    this.#timer = options.clock.every(samplePeriodMs, () => void this.#sample());
  }

  get last(): LoadReport {
    return this.#last;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  async #sample(): Promise<void> {
    // A machine that answers late must not pile up questions.
    if (this.#busy) return;
    this.#busy = true;
    try {
      const { meter, instances } = this.#options;
      const running = instances.running();
      this.#meters = new Map(running.map(({ machine }) => [machine, this.#meters.get(machine) ?? new InstanceMeter()]));
      const sampled = await Promise.all(running.map((instance) => this.#sampleInstance(instance)));
      const samples = sampled.filter((sample) => sample !== undefined);
      this.#last = {
        type: 'load',
        load: meter(),
        running: sameArray(this.#last.running, samples),
        usage: samples.map(({ usage }) => usage),
      };
      this.samples.emit(this.#last);
    } catch (error) {
      this.#options.log.warn({ error }, 'The load of the node could not be measured');
    } finally {
      this.#busy = false;
    }
  }

  async #sampleInstance(instance: RunningInstance): Promise<InstanceSample | undefined> {
    const { clock, log } = this.#options;
    const { instanceId } = instance.entry;
    try {
      const meter = this.#meters.get(instance.machine);
      const usage = await meter?.sample(instance, instance.networkCounters(), clock);
      return usage && { instanceId, usage };
    } catch (error) {
      log.debug({ instanceId, error }, 'The usage of an instance could not be measured'); // It may just have ended.
      return undefined;
    }
  }
}

interface InstanceSample {
  instanceId: InstanceId;
  usage: Omit<InstanceUsage, 'at'>;
}

function sameArray(before: readonly InstanceId[], samples: readonly InstanceSample[]): readonly InstanceId[] {
  const isSame = before.length === samples.length && samples.every(({ instanceId }, at) => instanceId === before[at]);
  return isSame ? before : samples.map(({ instanceId }) => instanceId);
}
