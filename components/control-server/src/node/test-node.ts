/**
 * A Node Client for tests: keeps state and the rules of orders (generations, repetition), runs nothing. A test may make an
 * order fail, a guest deaf to the power button, or a machine die by itself. With a `stateFile` it outlives its process.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Condition, InstanceId, NetworkReport, NodeFacts, NodeId, NodeLoad, StopReason } from '@zhiyun/contracts';
import { GiB } from '@zhiyun/contracts';
import { type InstanceConfig, type InstanceReport, type NodeReport, nodeClientLink } from '@zhiyun/contracts/links';
import { Emitter, PlatformError } from '@zhiyun/kernel';
import type { LinkHandlers, Member, MemoryDomain } from '@zhiyun/link';

interface Held {
  generation: number;
  /** The newest order, to know it again. */
  order: string;
  sequence: number;
  state: 'prepared' | 'running' | 'stopped';
  stopReason: StopReason | null;
  config: InstanceConfig;
  condition?: Condition | null;
  epoch?: number;
  startedBy?: 'order' | 'node';
}
type OrderName = 'prepare' | 'start' | 'stop' | 'kill' | 'reboot' | 'reset' | 'remove';

export const testFacts: NodeFacts = {
  hostname: 'test',
  architecture: 'x86_64',
  kernel: '6.1',
  cpuModel: 'test',
  cores: 4,
  memoryBytes: 8 * GiB,
  diskBytes: 100 * GiB,
  hypervisor: 'simulated',
  hypervisorVersion: '1',
  accelerator: 'none',
  cgroupVersion: 'none',
  reflink: false,
};
export const idleLoad: NodeLoad = {
  at: '2026-01-01T00:00:00.000Z',
  cpu: 0,
  memoryUsedBytes: 0,
  diskUsedBytes: 0,
  diskReadBytesPerSecond: 0,
  diskWriteBytesPerSecond: 0,
  networkReceiveBytesPerSecond: 0,
  networkTransmitBytesPerSecond: 0,
};

export interface TestNodeOptions {
  id?: NodeId;
  facts?: Partial<NodeFacts>;
  stateFile?: string;
}

export class TestNode {
  readonly name: string;
  readonly instances: Map<InstanceId, Held> = new Map();
  /** Orders taken, as `start 2`: name and generation. */
  readonly orders: string[] = [];
  /** The next order of this name fails so, before it does anything. */
  readonly failures = new Map<OrderName, PlatformError>();
  /** Orders of this name wait for this before they do their work. */
  readonly delays = new Map<OrderName, Promise<unknown>>();
  readonly deafGuests = new Set<string>();
  /** As it came with the newest order of this name. */
  readonly configs = new Map<OrderName, InstanceConfig>();
  readonly facts: NodeFacts;
  readonly #stateFile: string | undefined;
  readonly #domain: MemoryDomain;
  readonly #reports = new Emitter<NodeReport>();
  #member: Member;

  constructor(domain: MemoryDomain, name: string, options: TestNodeOptions = {}) {
    const { id, facts, stateFile } = options;
    this.name = name;
    this.facts = { ...testFacts, ...facts, hostname: name };
    this.#stateFile = stateFile;
    if (stateFile && existsSync(stateFile)) this.instances = new Map(JSON.parse(readFileSync(stateFile, 'utf8')));
    this.#domain = domain;
    this.#member = domain.join({ type: 'node-client', name, ...(id ? { id } : {}) });
    this.#member.serve(nodeClientLink, this.#handlers());
  }

  get id(): NodeId {
    return this.#member.id;
  }
  get member(): Member {
    return this.#member;
  }
  start(): Promise<void> {
    return this.#member.start();
  }
  /** As by `kill -9` of the agent; what it held stays for `comeBack`. */
  kill(): Promise<void> {
    return this.#domain.kill(this.#member);
  }
  async comeBack(): Promise<void> {
    this.#member = this.#domain.join({ type: 'node-client', name: this.name, id: this.id });
    this.#member.serve(nodeClientLink, this.#handlers());
    await this.#member.start();
  }
  /** The guest ends without having been told. */
  die(id: InstanceId, reason: StopReason = 'crashed'): void {
    this.#change(this.#held(id), 'stopped', reason);
  }
  /** Its machine hangs, or is well again. */
  condition(id: InstanceId, condition: Condition | null): void {
    const held = this.#held(id);
    held.condition = condition;
    this.#change(held, held.state, null);
  }
  /** The node itself has started it again. */
  restart(id: InstanceId): void {
    const held = this.#held(id);
    Object.assign(held, { epoch: (held.epoch ?? 1) + 1, startedBy: 'node', condition: null });
    this.#change(held, 'running', null);
  }
  /** As if it had been prepared here. */
  hold(held: Held): void {
    this.instances.set(held.config.id, held);
    this.#save();
  }
  reportLoad(load: Partial<NodeLoad>): void {
    this.#reports.emit({ type: 'load', load: { ...idleLoad, ...load }, running: [], usage: [] });
  }

  reportNetwork(network: NetworkReport): void {
    this.#reports.emit({ type: 'load', load: idleLoad, running: [], usage: [], network });
  }

  #handlers(): LinkHandlers<typeof nodeClientLink> {
    const node = this;
    const none = async () => {};
    return {
      async *watch(_, { signal }) {
        const queue: NodeReport[] = [];
        let wake = Promise.withResolvers<void>();
        using _listening = node.#reports.on((report) => {
          queue.push(report);
          wake.resolve();
        });
        signal.addEventListener('abort', () => wake.resolve(), { once: true });
        const instances = [...node.instances.values()].map((held) => node.#reportOf(held));
        yield { type: 'inventory', facts: node.facts, instances, load: idleLoad };
        while (!signal.aborted) {
          yield* queue.splice(0);
          await wake.promise;
          wake = Promise.withResolvers();
        }
      },
      async prepareInstance({ instanceId, generation, config }, { progress }) {
        await node.#take('prepare', generation);
        const known = node.instances.get(instanceId);
        const held = known ?? { generation, order: '', sequence: 0, state: 'prepared', stopReason: null, config };
        node.instances.set(instanceId, held);
        progress(0.5);
        await node.#carryOut('prepare', held, generation, () => node.#change(held, 'prepared', null));
        return node.#reportOf(held);
      },
      startInstance: (order) => node.#order('start', order, (held) => node.#change(held, 'running', null)),
      stopInstance: (order) =>
        node.#order('stop', order, (held) => {
          if (node.deafGuests.has(held.config.name))
            throw new PlatformError(
              'shutdown-timeout',
              `The guest did not shut down within ${order.timeoutSeconds} s.`,
            );
          node.#change(held, 'stopped', 'requested');
        }),
      killInstance: (order) =>
        node.#order('kill', order, (held) => {
          if (held.state === 'running') node.#change(held, 'stopped', 'killed');
        }),
      rebootInstance: (order) => {
        node.configs.set('reboot', order.config);
        return node.#order('reboot', order, (held) => node.#change(held, 'running', null));
      },
      resetInstance: (order) => node.#order('reset', order, () => {}),
      async removeInstance({ instanceId, generation }) {
        await node.#take('remove', generation);
        const held = node.instances.get(instanceId);
        if (!held) return {};
        node.#refuseOlder(held, generation);
        node.instances.delete(instanceId);
        node.#save();
        node.#reports.emit({ type: 'gone', instanceId, sequence: held.sequence + 1 });
        return {};
      },
      screenshot: async () => ({ pngBase64: Buffer.from('png').toString('base64') }),
      display: none,
      serial: none,
      forgetImage: async () => ({}),
    };
  }

  async #order(
    name: OrderName,
    { instanceId, generation }: { instanceId: InstanceId; generation: number },
    work: (held: Held) => void,
  ): Promise<InstanceReport> {
    await this.#take(name, generation);
    const held = this.#held(instanceId);
    await this.#carryOut(name, held, generation, () => work(held));
    return this.#reportOf(held);
  }

  async #take(name: OrderName, generation: number): Promise<void> {
    this.orders.push(`${name} ${generation}`);
    const failure = this.failures.get(name);
    this.failures.delete(name);
    if (failure) throw failure;
  }

  /** The same order again is answered, not carried out again. */
  async #carryOut(name: OrderName, held: Held, generation: number, work: () => void): Promise<void> {
    await this.delays.get(name);
    this.#refuseOlder(held, generation);
    if (held.order === `${name} ${generation}`) return;
    held.generation = generation;
    work();
    held.order = `${name} ${generation}`;
    this.#save();
  }

  #save(): void {
    if (this.#stateFile) writeFileSync(this.#stateFile, JSON.stringify([...this.instances]));
  }

  #refuseOlder(held: Held, generation: number): void {
    if (generation < held.generation)
      throw new PlatformError('stale-generation', `Order ${generation} is older than ${held.generation}.`);
  }
  #held(id: InstanceId): Held {
    const held = this.instances.get(id);
    if (!held) throw new PlatformError('not-found', `Node ${this.name} has no instance ${id}.`);
    return held;
  }
  #change(held: Held, state: Held['state'], stopReason: StopReason | null): void {
    held.state = state;
    held.stopReason = stopReason;
    held.sequence++;
    this.#reports.emit({ type: 'instance', report: this.#reportOf(held) });
  }
  #reportOf({ config, generation, sequence, state, stopReason, ...run }: Held): InstanceReport {
    const { condition = null, epoch = 1, startedBy = 'order' } = run;
    const address = state === 'running' ? '10.0.0.2' : null;
    return {
      instanceId: config.id,
      generation,
      sequence,
      state,
      stopReason: stopReason ?? (state === 'prepared' ? 'never-started' : null),
      stopDetail: null,
      pid: state === 'running' ? 1 : null,
      address,
      ...{ condition, epoch, startedBy },
    };
  }
}
