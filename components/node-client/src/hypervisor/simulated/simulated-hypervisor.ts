/** A hypervisor without machines: for tests, for simulations of thousands of nodes, and to try the platform anywhere. */
import { PlatformError } from '@zhiyun/kernel';
import type { Hypervisor, HypervisorFacts, Machine, MachineEnd, MachineHandle, MachineSpec } from '../hypervisor.ts';
import { SimulatedHost } from './simulated-host.ts';
import { SimulatedMachine } from './simulated-machine.ts';

export interface SimulatedHypervisorOptions {
  /** Where the machines are; share one between agents that come after each other. */
  host?: SimulatedHost;
}

export function createSimulatedHypervisor({ host = new SimulatedHost() }: SimulatedHypervisorOptions = {}): Hypervisor {
  return new SimulatedHypervisor(host);
}

class SimulatedHypervisor implements Hypervisor {
  readonly facts: HypervisorFacts = { kind: 'simulated', version: '1.0.0', accelerator: 'none' };
  readonly #host: SimulatedHost;
  readonly #machines = new Set<SimulatedMachine>();

  constructor(host: SimulatedHost) {
    this.#host = host;
  }

  async launch(spec: MachineSpec): Promise<Machine> {
    const process = this.#host.spawn(spec);
    await process.launch();
    if (process.end === undefined) return this.#keep(new SimulatedMachine(process, this.#host));
    this.#host.reap(process);
    throw new PlatformError('launch-failed', `The simulated machine did not start: ${process.end.detail}`);
  }

  async adopt(spec: MachineSpec, handle: MachineHandle): Promise<{ machine: Machine } | { ended: MachineEnd }> {
    if (handle.bootId !== this.#host.bootId) {
      return { ended: { reason: 'node-restarted', detail: 'The node was restarted.' } };
    }
    const process = this.#host.find(spec.instanceId, handle);
    if (process === undefined) return { ended: { reason: 'crashed', detail: 'There is no such simulated machine.' } };
    if (process.end === undefined) return { machine: this.#keep(new SimulatedMachine(process, this.#host)) };
    this.#host.reap(process);
    return { ended: process.end };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#machines].map((machine) => machine.detach()));
  }

  #keep(machine: SimulatedMachine): SimulatedMachine {
    this.#machines.add(machine);
    void machine.ended.then(() => this.#machines.delete(machine));
    return machine;
  }
}
