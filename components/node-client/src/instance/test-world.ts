/**
 * For tests: all that outlives an agent on one node, and agents that can be killed at any moment. A killed agent is one whose
 * every further step never returns.
 */
import type { DiskId, InstanceId } from '@zhiyun/contracts';
import {
  type DiskConfig,
  type InstanceConfig,
  type InstanceReport,
  localDriver,
  localVolume,
  privateMode,
} from '@zhiyun/contracts/links';
import { type Clock, newId, PlatformError, silentLogger } from '@zhiyun/kernel';
import { type VirtualClock, virtualClock } from '@zhiyun/testkit';
import type { Hypervisor, Machine, MachineHandle } from '../hypervisor/hypervisor.ts';
import { SimulatedHost } from '../hypervisor/simulated/simulated-host.ts';
import { createSimulatedHypervisor } from '../hypervisor/simulated/simulated-hypervisor.ts';
import type { ImageCache } from '../image/image-cache.ts';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import { createMemoryLedger } from '../ledger/memory-ledger.ts';
import type { GuestNetwork } from '../network/private/guest-network.ts';
import { formerRange, type GuestRange } from '../network/private/guest-range.ts';
import { createPrivateMode } from '../network/private/private-mode.ts';
import { createSimulatedNetwork } from '../network/private/simulated-network.ts';
import { nodePaths } from '../paths.ts';
import type { DirectoryState, InstanceDisks } from '../volume/instance-disks.ts';
import { GuestUsers } from '../workshop/guest-users.ts';
import { Instances } from './instances.ts';
import type { InstanceChange, Order } from './order.ts';
import type { AfterRestart } from './restart-plan.ts';

/** The parts that a test can make fail, once. */
export type Fault = 'disks' | 'network' | 'images' | 'ledger' | 'ledger-removal';

/** Counts the steps of an agent down to its death. */
class Fuse {
  #steps: number;
  constructor(steps: number) {
    this.#steps = steps;
  }
  get burnt(): boolean {
    return this.#steps <= 0;
  }
  burn(): void {
    this.#steps = 0;
  }
  /** Never returns when the agent is dead. */
  async step(): Promise<void> {
    if (--this.#steps <= 0) await new Promise<never>(() => {});
  }
}

export interface Agent {
  instances: Instances;
  changes: InstanceChange[];
  /** Gives an order and lets time pass until it is answered. `dead`: the agent died over it. */
  order(id: InstanceId, order: Order): Promise<InstanceReport | undefined | 'dead'>;
  start(): Promise<void>;
  kill(): void;
}

export class World {
  readonly clock: VirtualClock = virtualClock();
  readonly host = new SimulatedHost({ clock: this.clock });
  readonly ledger = new Map<InstanceId, LedgerEntry>();
  /** Whole ones. */
  readonly disks = new Set<InstanceId>();
  readonly unfinishedDisks = new Set<InstanceId>();
  readonly taps = new Set<string>();
  range: GuestRange = formerRange;
  /** Instances that were started while they ran: what must never happen. */
  readonly runTwice = new Set<InstanceId>();
  readonly #handles = new Map<InstanceId, MachineHandle>();
  #fault: Fault | undefined;

  failOnce(fault: Fault | undefined): void {
    this.#fault = fault;
  }

  /** What is left on the node, of anything. */
  get leftovers(): unknown {
    return {
      ledger: [...this.ledger.keys()],
      disks: [...this.disks, ...this.unfinishedDisks],
      taps: [...this.taps],
      machines: this.machines(),
    };
  }

  machines(): InstanceId[] {
    return [...this.#handles].flatMap(([id, handle]) =>
      (this.host.find(id, handle)?.end ?? !this.host.find(id, handle)) ? [] : [id],
    );
  }

  crashGuest(id: InstanceId): void {
    const handle = this.#handles.get(id);
    if (handle) this.host.find(id, handle)?.crash();
  }

  agent({
    dieAfterSteps = Number.POSITIVE_INFINITY,
    ledger,
    afterRestart = 'start-what-ran',
  }: {
    dieAfterSteps?: number;
    ledger?: Ledger;
    afterRestart?: AfterRestart;
  } = {}): Agent {
    const fuse = new Fuse(dieAfterSteps);
    const clock: Clock = mortal(this.clock, fuse);
    const instances = new Instances({
      ledger: mortal(ledger ?? this.#ledger(), fuse),
      disks: mortal(this.#instanceDisks(), fuse),
      images: mortal(this.#images(), fuse),
      modes: [createPrivateMode(mortal(this.#network(), fuse))],
      users: new GuestUsers({ first: 5000, count: 1000 }),
      user: { uid: 65534, gid: 65534 },
      afterRestart,
      hypervisor: mortal(this.#hypervisor(fuse), fuse),
      paths: nodePaths('/nowhere'),
      clock,
      log: silentLogger,
      findMachines: async () => new Map(this.machines().map((id) => [id, this.#handles.get(id) as MachineHandle])),
    });
    const changes: InstanceChange[] = [];
    instances.changes.on((change) => changes.push(change));
    return {
      instances,
      changes,
      order: (id, order) => this.#untilSettled(instances.order(id, order), fuse),
      start: async () => void (await this.#untilSettled(instances.adoptAll(), fuse)),
      kill: () => fuse.burn(),
    };
  }

  async #untilSettled<T>(work: Promise<T>, fuse: Fuse): Promise<T | 'dead'> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    work.then(done, done);
    for (let turn = 0; turn < 2_000; turn++) {
      await this.clock.settle();
      if (fuse.burnt) return 'dead';
      if (settled) return work;
      await this.clock.advance(100);
    }
    throw new Error('The order was never answered.');
  }

  #mayFail(part: Fault): void {
    if (this.#fault !== part) return;
    this.#fault = undefined;
    throw new PlatformError('disk-full', `No room for ${part}.`);
  }

  #ledger(): Ledger {
    const memory = createMemoryLedger(this.ledger);
    return {
      ...memory,
      write: async (entry) => {
        this.#mayFail('ledger');
        await memory.write(entry);
      },
      remove: async (id) => {
        this.#mayFail('ledger-removal');
        await memory.remove(id);
      },
    };
  }

  #instanceDisks(): InstanceDisks {
    return {
      create: async ({ id }) => {
        this.#mayFail('disks');
        if (this.disks.has(id)) throw new PlatformError('node-fault', `There are disks of ${id}.`);
        this.unfinishedDisks.add(id);
      },
      own: async () => {},
      finish: async (id) => move(id, this.unfinishedDisks, this.disks),
      beginRemoval: async (id) => move(id, this.disks, this.unfinishedDisks),
      remove: async ({ id }) => void this.unfinishedDisks.delete(id),
      removeDirectory: async (id) => void this.unfinishedDisks.delete(id),
      list: async () =>
        new Map<InstanceId, DirectoryState>([
          ...[...this.unfinishedDisks].map((id) => [id, 'unfinished'] as const),
          ...[...this.disks].map((id) => [id, 'whole'] as const),
        ]),
      attach({ disks }) {
        const unknown = disks.find(({ volume }) => volume.driver !== localDriver);
        if (unknown) throw new PlatformError('invalid-request', `There is no driver ${unknown.volume.driver}.`);
        return [];
      },
    };
  }

  #network(): GuestNetwork {
    const network = createSimulatedNetwork('abcdef12', this.taps);
    return {
      ...network,
      range: this.range,
      setUp: async (link) => {
        this.#mayFail('network');
        await network.setUp(link);
      },
    };
  }

  #images(): ImageCache {
    return {
      ensure: async (_, { onProgress }) => {
        this.#mayFail('images');
        onProgress?.(1);
      },
      remove: async () => {},
      list: async () => [],
    };
  }

  #hypervisor(fuse: Fuse): Hypervisor {
    const hypervisor = createSimulatedHypervisor({ host: this.host });
    const known = (machine: Machine) => {
      this.#handles.set(machine.instanceId, machine.handle);
      return mortal(machine, fuse);
    };
    return {
      facts: hypervisor.facts,
      launch: async (spec) => {
        if (this.machines().includes(spec.instanceId)) this.runTwice.add(spec.instanceId);
        return known(await hypervisor.launch(spec));
      },
      adopt: async (spec, handle) => {
        const found = await hypervisor.adopt(spec, handle);
        return 'machine' in found ? { machine: known(found.machine) } : found;
      },
      [Symbol.asyncDispose]: () => hypervisor[Symbol.asyncDispose](),
    };
  }
}

function move(id: InstanceId, from: Set<InstanceId>, to: Set<InstanceId>): void {
  if (from.delete(id)) to.add(id);
}

/** Before and after everything it waits for, the agent may die. */
function mortal<T extends object>(part: T, fuse: Fuse): T {
  return new Proxy(part, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (fuse.burnt) return new Promise<never>(() => {});
        const result: unknown = value.apply(target, args);
        return result instanceof Promise
          ? result.then(async (answer: unknown) => fuse.step().then(() => answer))
          : result;
      };
    },
  });
}

export function blankDisk(sizeBytes = 1 << 30): DiskConfig {
  const id = newId<DiskId>();
  return { id, sizeBytes, image: null, volume: localVolume(id) };
}

export function testConfig(id = newId<InstanceId>(), name = 'web-1'): InstanceConfig {
  return {
    id,
    name,
    cores: 2,
    memoryBytes: 1 << 28,
    nics: [{ mode: privateMode, macAddress: '02:00:00:00:00:01', address: null }],
    disks: [blankDisk()],
    iso: null,
  };
}
