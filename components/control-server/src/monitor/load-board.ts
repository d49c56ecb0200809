/**
 * What every node really uses now and used in the last ten minutes, in memory only. Every node streams to every Control
 * Server, so each of them has the whole board and nothing of it touches the database.
 */
import {
  type InstanceId,
  type InstanceUsage,
  instanceUsageKeys,
  type NodeId,
  type NodeLoad,
  type SystemLoad,
} from '@zhiyun/contracts';
import { firstUsageKeys, type NodeReport } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { type SampleBlock, SampleMemory } from './sample-memory.ts';
import { Series, seriesLength, seriesMs } from './series.ts';

const nodeKeys = [
  'cpu',
  'memoryUsedBytes',
  'diskUsedBytes',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'networkReceiveBytesPerSecond',
  'networkTransmitBytesPerSecond',
] as const satisfies readonly (keyof NodeLoad)[];
const systemKeys = [
  'cpu',
  'memoryUsedBytes',
  'diskUsedBytes',
  'networkReceiveBytesPerSecond',
  'networkTransmitBytesPerSecond',
] as const satisfies readonly (keyof SystemLoad)[];

const whole = [{ stepMs: 4_000, spanMs: seriesMs }];
/** An instance costs about 2 KiB: the last minute as it came, before that in steps of 24 s. */
const fineThenCoarse = [
  { stepMs: 4_000, spanMs: 60_000 },
  { stepMs: 24_000, spanMs: seriesMs },
];

const nothingRuns: Running = { ids: [], entries: [], width: instanceUsageKeys.length, columns: undefined };

/** After this long without a sample nothing is known of a node's load. */
const freshMs = 10_000;
const systemSampleMs = 4_000;
const pruneMs = 60_000;

interface NodeEntry {
  series: Series<(typeof nodeKeys)[number]>;
  load: NodeLoad;
  cores: number;
  heardAtMs: number;
}

interface InstanceEntry {
  series: Series<(typeof instanceUsageKeys)[number]>;
  block: SampleBlock;
  /** Its block may be another's by now. */
  isForgotten: boolean;
}

/** Instances of a node, as its next usage names them. */
interface Running {
  ids: readonly InstanceId[];
  entries: InstanceEntry[];
  /** How many figures it sends of each. */
  width: number;
  /** Where in them each of `instanceUsageKeys` is; -1: it does not send it. Undefined: they are the same. */
  columns: readonly number[] | undefined;
}

/** As a node reports them. */
export type InstanceSamples = Pick<Extract<NodeReport, { type: 'load' }>, 'running' | 'usageKeys' | 'usage'>;

export class LoadBoard implements Disposable {
  readonly #clock: Clock;
  readonly #nodes = new Map<NodeId, NodeEntry>();
  readonly #instances = new Map<InstanceId, InstanceEntry>();
  readonly #running = new Map<NodeId, Running>();
  readonly #memory = new SampleMemory(seriesLength(instanceUsageKeys, fineThenCoarse));
  readonly #system = new Series(systemKeys, whole);
  readonly #timers: readonly Disposable[];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timers = [clock.every(systemSampleMs, () => this.#sampleSystem()), clock.every(pruneMs, () => this.#prune())];
  }

  /** `cores`: of the machine; its weight in the platform's average. Time is ours, so that clocks of nodes need not agree. */
  recordNode(nodeId: NodeId, load: NodeLoad, cores: number): void {
    const now = this.#clock.now();
    const series = this.#nodes.get(nodeId)?.series ?? new Series(nodeKeys, whole);
    series.push(now, load);
    this.#nodes.set(nodeId, { series, load, cores, heardAtMs: now });
  }

  /**
   * `running`: the instances that `usage` speaks of, when they are others than the last time, and `usageKeys` what it says of each.
   * Throws `invalid-request` when they do not fit together.
   */
  recordInstances(nodeId: NodeId, { running, usageKeys, usage }: InstanceSamples): void {
    if (running) {
      const entries = running.map((id) => this.#entryOf(id));
      this.#running.set(nodeId, { ids: running, entries, ...columnsOf(usageKeys ?? firstUsageKeys) });
    }
    const known = this.#running.get(nodeId) ?? nothingRuns;
    const { ids, width, columns } = known;
    if (usage.length !== ids.length * width)
      throw new PlatformError(
        'invalid-request',
        `${usage.length} figures of usage are not ${width} for each of ${ids.length} instances.`,
      );
    const now = this.#clock.now();
    if (known.entries.some(({ isForgotten }) => isForgotten)) known.entries = ids.map((id) => this.#entryOf(id));
    let first = 0;
    for (const { series } of known.entries) {
      if (columns) series.pushFigures(now, picked(usage, first, columns));
      else series.pushFigures(now, usage, first);
      first += width;
    }
  }

  /** The node is not heard of: its load is no longer known. */
  forgetNode(nodeId: NodeId): void {
    const entry = this.#nodes.get(nodeId);
    if (entry) entry.heardAtMs = 0;
    this.#running.delete(nodeId);
  }

  /** Null when nothing was heard lately. */
  nodeLoad(nodeId: NodeId): NodeLoad | null {
    const entry = this.#nodes.get(nodeId);
    return entry && this.#fresh(entry) ? entry.load : null;
  }
  nodeSeries(nodeId: NodeId): NodeLoad[] {
    return this.#nodes.get(nodeId)?.series.read(this.#clock.now()) ?? [];
  }
  instanceSeries(instanceId: InstanceId): InstanceUsage[] {
    return this.#instances.get(instanceId)?.series.read(this.#clock.now()) ?? [];
  }
  systemSeries(): SystemLoad[] {
    return this.#system.read(this.#clock.now());
  }

  /** Sums over the nodes that are heard of (cpu: average over all their cores); null when there is none. */
  systemLoad(): Omit<SystemLoad, 'at'> | null {
    const sum = {
      cpu: 0,
      memoryUsedBytes: 0,
      diskUsedBytes: 0,
      networkReceiveBytesPerSecond: 0,
      networkTransmitBytesPerSecond: 0,
    };
    let cores = 0;
    for (const entry of this.#nodes.values()) {
      if (!this.#fresh(entry)) continue;
      for (const key of systemKeys) sum[key] += key === 'cpu' ? entry.load.cpu * entry.cores : entry.load[key];
      cores += entry.cores;
    }
    return cores > 0 ? { ...sum, cpu: sum.cpu / cores } : null;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]();
  }

  #entryOf(instanceId: InstanceId): InstanceEntry {
    const known = this.#instances.get(instanceId);
    if (known) return known;
    const block = this.#memory.take();
    const series = new Series(instanceUsageKeys, fineThenCoarse, block);
    const entry = { block, series, isForgotten: false };
    this.#instances.set(instanceId, entry);
    return entry;
  }

  #fresh(entry: NodeEntry): boolean {
    return this.#clock.now() - entry.heardAtMs <= freshMs;
  }
  #sampleSystem(): void {
    const load = this.systemLoad();
    if (load) this.#system.push(this.#clock.now(), load);
  }
  /** Whatever was silent for the whole span has nothing left to show. */
  #prune(): void {
    const limit = this.#clock.now() - seriesMs;
    for (const [id, entry] of this.#nodes) if (entry.series.newestAtMs < limit) this.#nodes.delete(id);
    for (const [id, entry] of this.#instances) {
      if (entry.series.newestAtMs >= limit) continue;
      entry.isForgotten = true;
      this.#instances.delete(id);
      this.#memory.give(entry.block);
    }
  }
}

function columnsOf(keys: readonly string[]): Pick<Running, 'width' | 'columns'> {
  const columns = instanceUsageKeys.map((key) => keys.indexOf(key));
  const isSame = keys.length === columns.length && columns.every((column, index) => column === index);
  return { width: keys.length, columns: isSame ? undefined : columns };
}

/** What a node does not send is nought. */
function picked(usage: readonly number[], first: number, columns: readonly number[]): number[] {
  return columns.map((column) => (column === -1 ? 0 : (usage[first + column] ?? 0)));
}
