/**
 * All instances of this node: one runner each, found by id. At start everything the ledger promises is taken over again or
 * reported stopped, and what was half made or half removed is cleaned away. A machine that runs and disks that are whole are
 * never touched on suspicion: without a ledger entry they are set aside until a person decides.
 */
import { type ImageId, type InstanceId, say } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { Emitter, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Machine, MachineHandle } from '../hypervisor/hypervisor.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { GuestLink } from '../network/slots.ts';
import { killProcess } from '../process/process-identity.ts';
import { InstanceRunner } from './instance-runner.ts';
import type { InstanceChange, Order } from './order.ts';
import { restartInstances } from './restart-instances.ts';
import type { RunnerParts } from './runner-parts.ts';
import { type ShutdownOptions, shutDownInstances } from './shut-down-instances.ts';
import { SlotBook } from './slot-book.ts';
import { imagesOf, linkOf } from './workshop.ts';

/** Removed instances are remembered, for their generation, up to so many runners. */
const maxRunners = 10_000;

export interface InstancesOptions extends Omit<RunnerParts, 'slots' | 'announce'> {
  findMachines: () => Promise<Map<InstanceId, MachineHandle>>;
}

export interface RunningInstance {
  entry: LedgerEntry;
  machine: Machine;
  link: GuestLink;
}

export class Instances {
  readonly changes = new Emitter<InstanceChange>();
  readonly #options: InstancesOptions;
  readonly #parts: RunnerParts;
  readonly #log: Logger;
  readonly #detaching = new AbortController();
  /** All guests are being shut down. */
  #closing = false;
  readonly #runners = new Map<InstanceId, InstanceRunner>();
  /** Here, but not in the ledger: why, and the process if one runs. Only removing it is possible. */
  readonly #strays = new Map<InstanceId, { fault: string; process: MachineHandle | undefined }>();

  constructor(options: InstancesOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#parts = {
      ...options,
      slots: new SlotBook(options.network),
      announce: (change) => this.changes.emit(change),
    };
  }

  /** Before any order. */
  async adoptAll(): Promise<void> {
    const { ledger, network, findMachines } = this.#options;
    const { entries, unreadable } = await ledger.load();
    const machines = await findMachines();
    for (const { instanceId, path, reason } of unreadable) {
      this.#setAside(instanceId, machines, `the node's record of it cannot be read (${path}: ${reason})`);
    }
    const homeless = entries.filter(({ slot }) => !this.#parts.slots.hold(slot));
    // None of them runs: the range does not change under a guest.
    for (const entry of homeless) {
      entry.slot = await this.#parts.slots.claim(entry.instanceId);
      await ledger.write(entry);
    }
    for (const entry of entries) {
      if (entry.uid !== undefined) this.#parts.users.hold(entry.uid);
      this.#runners.set(entry.instanceId, new InstanceRunner(entry.instanceId, this.#parts, entry));
    }
    await this.#sortDirectories(new Set(entries.map(({ instanceId }) => instanceId)), machines);
    const { strayTaps } = await network.open(entries.map((entry) => this.#link(entry)));
    for (const tap of strayTaps)
      this.#log.error({ tap }, 'A tap of this node is in use by nobody we know; it is left alone');

    await Promise.all(
      entries.map(async ({ instanceId }) => {
        await this.#runners
          .get(instanceId)
          ?.adopt(machines.get(instanceId))
          .catch((error: unknown) =>
            this.#log.error({ instanceId, error }, 'An instance could not be taken over; its next order tries again'),
          );
      }),
    );
  }

  /** What ran before the node was restarted is started again, in its time. Resolves when there is nothing left to try. */
  restartWhatRan(): Promise<void> {
    const { clock, log } = this.#options;
    return restartInstances([...this.#runners.values()], { clock, log, signal: this.#detaching.signal });
  }

  /** See InstanceRunner.run. */
  async order(
    instanceId: InstanceId,
    order: Order,
    onProgress?: (fraction: number) => void,
  ): Promise<InstanceReport | undefined> {
    if (this.#closing) throw new PlatformError('unavailable', say('machine.node-stops'));
    const stray = this.#strays.get(instanceId);
    if (stray && order.kind !== 'remove') throw new PlatformError('node-fault', stray.fault);
    if (stray?.process) await killProcess(stray.process);
    const report = await this.#runner(instanceId).run(order, onProgress);
    this.#strays.delete(instanceId);
    return report;
  }

  reports(): InstanceReport[] {
    return [...this.#runners.values()].flatMap((runner) => runner.report ?? []);
  }

  running(): RunningInstance[] {
    return [...this.#runners.values()].flatMap(({ entry, machine }) =>
      entry && machine ? [{ entry, machine, link: this.#link(entry) }] : [],
    );
  }

  /** Throws `not-found` or `wrong-state`. */
  machine(instanceId: InstanceId): Machine {
    const runner = this.#runners.get(instanceId);
    if (!runner?.entry) throw new PlatformError('not-found', say('instance.not-here', { id: instanceId }));
    if (!runner.machine) throw new PlatformError('wrong-state', say('instance.not-running', { id: instanceId }));
    return runner.machine;
  }

  /** Throws `in-use` while an instance here needs it, or may need it: of one that is set aside nobody knows. */
  async forgetImage(imageId: ImageId): Promise<void> {
    const users = [...this.#runners.values()].flatMap(({ entry }) =>
      entry && imagesOf(entry).some(({ id }) => id === imageId) ? [entry.config.name] : [],
    );
    users.push(...this.#strays.keys());
    if (users.length > 0) {
      throw new PlatformError('in-use', say('node.image-used', { image: imageId, users: users.join(', ') }));
    }
    await this.#options.images.remove(imageId);
  }

  /** Nothing is started any more. Resolves when every guest has ended, or was left running. */
  async shutDownAll(options: ShutdownOptions): Promise<void> {
    this.#closing = true;
    try {
      await shutDownInstances([...this.#runners.values()], { ...options, clock: this.#options.clock });
    } finally {
      this.#closing = false;
    }
  }

  /** Machines go on without us. */
  async detach(): Promise<void> {
    this.#detaching.abort();
    await Promise.all([...this.#runners.values()].map((runner) => runner.detach()));
  }

  /** What is set aside counts: nobody knows what it still needs. */
  get anyRuns(): boolean {
    return this.#strays.size > 0 || this.reports().some(({ state }) => state === 'running');
  }

  #runner(instanceId: InstanceId): InstanceRunner {
    const known = this.#runners.get(instanceId);
    if (known) return known;
    const runner = new InstanceRunner(instanceId, this.#parts);
    this.#runners.set(instanceId, runner);
    if (this.#runners.size > maxRunners) {
      const oldest = [...this.#runners.values()].find((candidate) => candidate.isIdle && candidate !== runner);
      if (oldest) this.#runners.delete(oldest.instanceId);
    }
    return runner;
  }

  #link(entry: LedgerEntry): GuestLink {
    return linkOf(entry, this.#options.network);
  }

  #setAside(instanceId: InstanceId, machines: ReadonlyMap<InstanceId, MachineHandle>, why: string): void {
    const process = machines.get(instanceId);
    const { paths } = this.#parts;
    const fault = `Instance ${instanceId} is set aside: ${why}. Its disks are untouched in ${paths.instance(instanceId)}. Restore its record in ${paths.ledger} and restart the Node Client, or delete the instance.`;
    this.#strays.set(instanceId, { fault, process });
    this.#log.error({ instanceId, pid: process?.pid }, fault);
  }

  /** See ledger.ts for what each directory means. */
  async #sortDirectories(
    promised: ReadonlySet<InstanceId>,
    machines: ReadonlyMap<InstanceId, MachineHandle>,
  ): Promise<void> {
    for (const instanceId of machines.keys()) {
      if (!promised.has(instanceId) && !this.#strays.has(instanceId)) {
        this.#setAside(instanceId, machines, 'a machine of it runs here that this node has no record of');
      }
    }
    const { disks } = this.#parts;
    for (const [instanceId, state] of await disks.list()) {
      if (this.#strays.has(instanceId)) continue;
      if (promised.has(instanceId)) {
        await disks.finish(instanceId);
      } else if (state === 'whole') {
        this.#setAside(instanceId, machines, 'this node has no record of it');
      } else {
        this.#log.warn({ instanceId }, 'Cleared away what was left of an instance half made or half removed');
        await disks.remove(instanceId);
      }
    }
  }
}
