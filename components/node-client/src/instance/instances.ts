/**
 * All instances of this node: one runner each, by id. At start every ledger entry is adopted or reported stopped, and
 * partial creations and removals are cleaned up. Running machines and complete disks without an entry are never
 * touched: they are quarantined for a person to decide.
 */
import { type ImageId, type InstanceId, say } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { Emitter, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Machine, MachineHandle } from '../hypervisor/hypervisor.ts';
import type { ImageCache } from '../image/image-cache.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { NetworkMode, PortCounters } from '../network/network-mode.ts';
import { type ModeOf, networkModes } from '../network/network-modes.ts';
import type { NodePaths } from '../paths.ts';
import { killProcess } from '../process/process-identity.ts';
import type { FileOwner, InstanceDisks } from '../volume/instance-disks.ts';
import type { GuestUsers } from '../workshop/guest-users.ts';
import { imagesOf } from '../workshop/image-part.ts';
import { instanceParts } from '../workshop/instance-parts.ts';
import { portsOf } from '../workshop/network-part.ts';
import { refuseLimits } from '../workshop/refuse-limits.ts';
import { Workshop } from '../workshop/workshop.ts';
import { InstanceRunner } from './instance-runner.ts';
import { machineSpecOf } from './machine-spec.ts';
import type { InstanceChange, Order } from './order.ts';
import { restartInstances } from './restart-instances.ts';
import type { RunnerParts } from './runner-parts.ts';
import { type ShutdownOptions, shutDownInstances } from './shut-down-instances.ts';

/** Tombstones: runners of removed instances are kept for their generation (fencing), up to this many. */
const maxRunners = 10_000;

export interface InstancesOptions
  extends Pick<RunnerParts, 'ledger' | 'hypervisor' | 'afterRestart' | 'clock' | 'log'> {
  disks: InstanceDisks;
  images: ImageCache;
  modes: readonly NetworkMode[];
  users: GuestUsers;
  /** Whose the disks and the taps of an instance are that has no user of its own. */
  user: FileOwner;
  paths: NodePaths;
  findMachines: () => Promise<Map<InstanceId, MachineHandle>>;
}

export interface RunningInstance {
  entry: LedgerEntry;
  machine: Machine;
  /** Over all of its NICs; undefined where one cannot be read. */
  networkCounters(): PortCounters | undefined;
}

export class Instances {
  readonly changes = new Emitter<InstanceChange>();
  readonly #options: InstancesOptions;
  readonly #parts: RunnerParts;
  readonly #workshop: Workshop;
  readonly #modeOf: ModeOf;
  readonly #log: Logger;
  readonly #detaching = new AbortController();
  /** All guests are being shut down. */
  #closing = false;
  readonly #runners = new Map<InstanceId, InstanceRunner>();
  /** Quarantined: present but not in the ledger, with the reason and a running process. Can only be removed. */
  readonly #strays = new Map<InstanceId, { fault: string; process: MachineHandle | undefined }>();

  constructor(options: InstancesOptions) {
    this.#options = options;
    this.#log = options.log;
    const { ledger, disks, images, modes, users, user, hypervisor, afterRestart, paths, clock, log } = options;
    const modeOf = networkModes(modes);
    this.#modeOf = modeOf;
    this.#workshop = new Workshop(instanceParts({ images, users, user, disks, modes, modeOf, log }));
    this.#parts = {
      ...{ ledger, disks, hypervisor, afterRestart, clock, log, workshop: this.#workshop },
      admit(config) {
        refuseLimits(config);
        config.nics.forEach(modeOf);
        disks.attach(config);
      },
      machineSpec: (entry) => machineSpecOf(entry, { disks, modeOf, paths }),
      addressOf: (entry) => portsOf(entry, modeOf)[0]?.port.address ?? null,
      announce: (change) => this.changes.emit(change),
    };
  }

  /** Call before any order. */
  async adoptAll(): Promise<void> {
    const { ledger, findMachines } = this.#options;
    const { entries: loaded, unreadable } = await ledger.load();
    const machines = await findMachines();
    for (const { instanceId, path, reason } of unreadable) {
      this.#setAside(instanceId, machines, `the node's record of it cannot be read (${path}: ${reason})`);
    }
    // One of a release that knew more kinds of storage or network must not keep the node from its other instances.
    const promised = loaded.filter((entry) => this.#isUsable(entry, machines));
    const known = new Set(promised.map(({ instanceId }) => instanceId));
    for (const instanceId of machines.keys()) {
      if (!known.has(instanceId) && !this.#strays.has(instanceId))
        this.#setAside(instanceId, machines, 'a machine of it runs here that this node has no record of');
    }
    const { entries, changed, strays } = await this.#workshop.adopt(promised, (id) => this.#strays.has(id));
    for (const [instanceId, why] of strays) this.#setAside(instanceId, machines, why);
    for (const entry of entries) {
      if (changed.has(entry.instanceId)) await ledger.write(entry);
      this.#runners.set(entry.instanceId, new InstanceRunner(entry.instanceId, this.#parts, entry));
    }
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

  /** Restarts what ran before the node's reboot, in its time. Resolves when nothing is left to try. */
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
      entry && machine ? [{ entry, machine, networkCounters: () => this.#countersOf(entry) }] : [],
    );
  }

  /** Throws `not-found` or `wrong-state`. */
  machine(instanceId: InstanceId): Machine {
    const runner = this.#runners.get(instanceId);
    if (!runner?.entry) throw new PlatformError('not-found', say('instance.not-here', { id: instanceId }));
    if (!runner.machine) throw new PlatformError('wrong-state', say('instance.not-running', { id: instanceId }));
    return runner.machine;
  }

  /** Throws `in-use` while an instance needs the image, or may need it (quarantined ones). */
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

  /** Refuses new starts. Resolves when every guest has ended or was left running. */
  async shutDownAll(options: ShutdownOptions): Promise<void> {
    this.#closing = true;
    try {
      await shutDownInstances([...this.#runners.values()], { ...options, clock: this.#options.clock });
    } finally {
      this.#closing = false;
    }
  }

  /** Detaches from all machines, which go on. */
  async detach(): Promise<void> {
    this.#detaching.abort();
    await Promise.all([...this.#runners.values()].map((runner) => runner.detach()));
  }

  /** Quarantined ones count: their needs are unknown. */
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

  #countersOf(entry: LedgerEntry): PortCounters | undefined {
    const sum = { receivedBytes: 0, transmittedBytes: 0 };
    for (const { mode, port } of portsOf(entry, this.#modeOf)) {
      const counters = mode.counters(port);
      if (!counters) return undefined;
      sum.receivedBytes += counters.receivedBytes;
      sum.transmittedBytes += counters.transmittedBytes;
    }
    return sum;
  }

  #isUsable(entry: LedgerEntry, machines: ReadonlyMap<InstanceId, MachineHandle>): boolean {
    try {
      this.#parts.machineSpec(entry);
      return true;
    } catch (error) {
      if (entry.uid !== undefined) this.#options.users.hold(entry.uid);
      this.#setAside(entry.instanceId, machines, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #setAside(instanceId: InstanceId, machines: ReadonlyMap<InstanceId, MachineHandle>, why: string): void {
    const process = machines.get(instanceId);
    const { paths } = this.#options;
    const fault = `Instance ${instanceId} is set aside: ${why}. Its disks are untouched in ${paths.instance(instanceId)}. Restore its record in ${paths.ledger} and restart the Node Client, or delete the instance.`;
    this.#strays.set(instanceId, { fault, process });
    this.#log.error({ instanceId, pid: process?.pid }, fault);
  }
}
