/**
 * A simulated Node Client: real orders, queues, generations and reports; ledger, disks and network in memory; simulated
 * machines. Thousands fit into one process (sim/scale).
 */
import type { InstanceId, NodeFacts, NodeLoad } from '@zhiyun/contracts';
import { type InstanceConfig, nodeClientLink } from '@zhiyun/contracts/links';
import { type Clock, isoTime, type Logger } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import { nodeClientHandlers, type Served } from './handlers.ts';
import { SimulatedHost } from './hypervisor/simulated/simulated-host.ts';
import { createSimulatedHypervisor } from './hypervisor/simulated/simulated-hypervisor.ts';
import type { SimulatedPace } from './hypervisor/simulated/simulated-process.ts';
import type { ImageCache } from './image/image-cache.ts';
import { Instances } from './instance/instances.ts';
import type { LedgerEntry } from './ledger/ledger.ts';
import { createMemoryLedger } from './ledger/memory-ledger.ts';
import { formerRange, rangeText } from './network/private/guest-range.ts';
import { createPrivateMode } from './network/private/private-mode.ts';
import { createSimulatedNetwork } from './network/private/simulated-network.ts';
import { chooseSlot, shortNodeId } from './network/private/slots.ts';
import type { NodeClient } from './node-client.ts';
import { nodePaths } from './paths.ts';
import { Sampler } from './usage/sampler.ts';
import type { InstanceDisks } from './volume/instance-disks.ts';
import { GuestUsers } from './workshop/guest-users.ts';

export interface SimulatedNodeOptions {
  /** Of type node-client; started and disposed of by this component. */
  member: Member;
  facts: NodeFacts;
  /** Instances that run on it from the start, as earlier orders left them (`startedGeneration`). */
  instances: readonly InstanceConfig[];
  pace: Partial<SimulatedPace>;
  /** Where its machines are, so that they outlive it. Default: one of its own, at this pace. */
  host?: SimulatedHost;
  clock: Clock;
  log: Logger;
}

/** Generation of the order that started the initial instances; `startedSequence`: sequence of their report. */
export const startedGeneration = 2;
export const startedSequence = 1;

/** Load of an idle machine. */
const restingLoad = { cpu: 0.05, memoryShare: 0.25, diskShare: 0.1 };

export function createSimulatedNode(options: SimulatedNodeOptions): NodeClient {
  const { member, clock, log } = options;
  const host = options.host ?? new SimulatedHost({ clock, pace: options.pace });
  const network = createSimulatedNetwork(shortNodeId(member.id));
  const facts = { ...options.facts, guestRange: rangeText(network.range) };
  const entries = new Map<InstanceId, LedgerEntry>();
  const instances = new Instances({
    ledger: createMemoryLedger(entries),
    disks: memoryDisks(),
    images: everyImage,
    modes: [createPrivateMode(network)],
    users: new GuestUsers(undefined),
    user: { uid: 0, gid: 0 },
    afterRestart: 'start-what-ran',
    hypervisor: createSimulatedHypervisor({ host }),
    paths: nodePaths('/simulated'),
    clock,
    log,
    findMachines: async () => new Map(),
  });
  let served: Served | undefined;
  member.serve(
    nodeClientLink,
    nodeClientHandlers(() => {
      if (served) return served;
      throw new Error('the simulated node is not started');
    }),
  );
  return {
    id: member.id,
    async start() {
      for (const entry of await runningEntries(options.instances, host)) entries.set(entry.instanceId, entry);
      await instances.adoptAll();
      const meter = () => loadOf(facts, clock);
      served = { instances, facts, network, sampler: new Sampler({ meter, instances, clock, log }) };
      await member.start();
    },
    shutDownInstances: (shutdown) => instances.shutDownAll(shutdown),

    async stop() {
      served?.sampler[Symbol.dispose]();
      await instances.detach();
      await member[Symbol.asyncDispose]();
    },
  };
}

async function runningEntries(configs: readonly InstanceConfig[], host: SimulatedHost): Promise<LedgerEntry[]> {
  const slots = new Set<number>();
  return await Promise.all(
    configs.map(async (config): Promise<LedgerEntry> => {
      const { id, name, cores, memoryBytes } = config;
      const places = config.nics.map(() => {
        const slot = chooseSlot(id, formerRange, (taken) => slots.has(taken));
        slots.add(slot);
        return slot;
      });
      const made = { nics: [], disks: [], isoPath: null, directory: '/simulated', epoch: 0 };
      const process = host.spawn({ instanceId: id, name, cores, memoryBytes, ...made });
      await process.launch();
      return {
        instanceId: id,
        generation: startedGeneration,
        order: 'start',
        orderDone: true,
        config,
        places,
        wanted: 'running',
        machine: process.handle,
        epoch: 1,
        sequence: startedSequence,
        stopReason: null,
        stopDetail: null,
      };
    }),
  );
}

function loadOf(facts: NodeFacts, clock: Clock): NodeLoad {
  return {
    at: isoTime(clock.now()),
    cpu: restingLoad.cpu,
    memoryUsedBytes: Math.round(facts.memoryBytes * restingLoad.memoryShare),
    diskUsedBytes: Math.round(facts.diskBytes * restingLoad.diskShare),
    diskReadBytesPerSecond: 0,
    diskWriteBytesPerSecond: 0,
    networkReceiveBytesPerSecond: 0,
    networkTransmitBytesPerSecond: 0,
  };
}

/** Disks that take no space and always exist. */
function memoryDisks(): InstanceDisks {
  const done = async () => {};
  return {
    create: done,
    own: done,
    finish: done,
    beginRemoval: done,
    remove: done,
    removeDirectory: done,
    attach: () => [],
    list: async () => new Map(),
  };
}

const everyImage: ImageCache = { ensure: async () => {}, remove: async () => {}, list: async () => [] };
