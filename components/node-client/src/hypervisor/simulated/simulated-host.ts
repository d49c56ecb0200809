/** Simulated kernel of a node: holds the processes, so that a restarted agent can adopt them. */
import { randomUUID } from 'node:crypto';
import type { InstanceId } from '@zhiyun/contracts';
import { type Clock, systemClock } from '@zhiyun/kernel';
import type { MachineHandle, MachineSpec } from '../hypervisor.ts';
import { type SimulatedPace, SimulatedProcess } from './simulated-process.ts';

export interface SimulatedHostOptions {
  clock?: Clock;
  /** Default: 100 ms to start, 500 ms to shut down. */
  pace?: Partial<SimulatedPace>;
}

export class SimulatedHost {
  readonly #clock: Clock;
  readonly #pace: SimulatedPace;
  readonly #processes = new Map<InstanceId, SimulatedProcess>();
  #bootId: string = randomUUID();
  #lastPid = 1000;

  constructor({ clock = systemClock, pace }: SimulatedHostOptions = {}) {
    this.#clock = clock;
    this.#pace = { launchMs: 100, shutdownMs: 500, ...pace };
  }

  get bootId(): string {
    return this.#bootId;
  }

  /** Count of processes, zombies included. */
  get size(): number {
    return this.#processes.size;
  }

  spawn(spec: MachineSpec): SimulatedProcess {
    const pid = ++this.#lastPid;
    const handle = { pid, startTimeTicks: Math.round(this.#clock.monotonicMs() / 10), bootId: this.#bootId };
    const process = new SimulatedProcess(handle, spec, this.#clock, this.#pace);
    this.#processes.set(spec.instanceId, process);
    return process;
  }

  find(instanceId: InstanceId, { pid, bootId }: MachineHandle): SimulatedProcess | undefined {
    const process = this.#processes.get(instanceId);
    return process?.handle.pid === pid && bootId === this.#bootId ? process : undefined;
  }

  has(instanceId: InstanceId): boolean {
    return this.#processes.has(instanceId);
  }

  /** A machine ends as by a signal. */
  crash(instanceId: InstanceId): void {
    this.#processes.get(instanceId)?.crash();
  }

  /** What was typed into its screen so far, as keysyms. */
  keysymsOf(instanceId: InstanceId): readonly number[] {
    return this.#processes.get(instanceId)?.keysyms ?? [];
  }

  findByPid(pid: number): SimulatedProcess | undefined {
    return this.#processes.values().find(({ handle }) => handle.pid === pid);
  }

  /** Forgets a process that ended. */
  reap(process: SimulatedProcess): void {
    if (this.#processes.get(process.spec.instanceId) === process) this.#processes.delete(process.spec.instanceId);
  }

  /** Power loss and reboot of the node. */
  restart(): void {
    this.#bootId = randomUUID();
    const lost = [...this.#processes.values()];
    this.#processes.clear();
    for (const process of lost) process.finish({ reason: 'node-restarted', detail: 'The node was restarted.' });
  }
}
