/**
 * Outgoing reports of one watcher, coalesced: the newest report per instance and the newest load. A slow watcher
 * therefore costs no more than a fast one. Network changes ride with the next load.
 */
import { type InstanceId, type InstanceUsage, instanceUsageKeys, type NetworkReport } from '@zhiyun/contracts';
import { firstUsageKeys, type NodeReport } from '@zhiyun/contracts/links';
import type { InstanceChange } from '../instance/order.ts';
import type { LoadReport } from '../usage/sampler.ts';

type UsageKey = Exclude<keyof InstanceUsage, 'at'>;

export class ReportQueue {
  readonly #keys: readonly UsageKey[];
  readonly #changes = new Map<InstanceId, InstanceChange>();
  #load: LoadReport | undefined;
  #network: NetworkReport | undefined;
  /** As last sent to the watcher. */
  #running: LoadReport['running'] | undefined;
  #more = Promise.withResolvers<void>();

  /** `protocol`: negotiated with the watcher. */
  constructor(protocol: number) {
    this.#keys = protocol >= 2 ? instanceUsageKeys : firstUsageKeys;
  }

  pushChange(change: InstanceChange): void {
    const instanceId = change.type === 'gone' ? change.instanceId : change.report.instanceId;
    // To the end: news keep the order in which they became true.
    this.#changes.delete(instanceId);
    this.#changes.set(instanceId, change);
    this.#more.resolve();
  }

  pushLoad(load: LoadReport): void {
    this.#load = load;
    this.#more.resolve();
  }

  pushNetwork(network: NetworkReport): void {
    this.#network = network;
  }

  /** Ends when `signal` is aborted. */
  async *read(signal: AbortSignal): AsyncGenerator<NodeReport, void> {
    const ended = Promise.withResolvers<void>();
    const end = () => ended.resolve();
    signal.addEventListener('abort', end, { once: true });
    try {
      while (!signal.aborted) {
        const next = this.#take();
        if (next) yield next;
        else await Promise.race([this.#more.promise, ended.promise]);
      }
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  #take(): NodeReport | undefined {
    for (const [instanceId, change] of this.#changes) {
      this.#changes.delete(instanceId);
      return change;
    }
    const load = this.#load;
    this.#load = undefined;
    if (!load) {
      this.#more = Promise.withResolvers<void>();
      return undefined;
    }
    const { running, usage, ...rest } = load;
    const told = {
      ...rest,
      usage: usage.flatMap((figures) => this.#keys.map((key) => figures[key])),
      ...(this.#network && { network: this.#network }),
    };
    this.#network = undefined;
    if (running === this.#running) return told;
    this.#running = running;
    return { ...told, running: [...running], usageKeys: [...this.#keys] };
  }
}
