/** Adapts the link's methods to this component. */
import { type Duplex, finished } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type InstanceId, type NodeFacts, say } from '@zhiyun/contracts';
import type { InstanceReport, nodeClientLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { LinkHandlers } from '@zhiyun/link';
import type { Instances } from './instance/instances.ts';
import type { Order } from './instance/order.ts';
import type { GuestNetwork } from './network/private/guest-network.ts';
import type { Sampler } from './usage/sampler.ts';
import { ReportQueue } from './watch/report-queue.ts';

/** What the handlers use, once the component has started. */
export interface Served {
  instances: Instances;
  sampler: Sampler;
  network: Pick<GuestNetwork, 'report' | 'changed'>;
  facts: NodeFacts;
}

export function nodeClientHandlers(served: () => Served): LinkHandlers<typeof nodeClientLink> {
  async function order(
    instanceId: InstanceId,
    what: Order,
    onProgress?: (fraction: number) => void,
  ): Promise<InstanceReport> {
    const report = await served().instances.order(instanceId, what, onProgress);
    if (!report) throw new PlatformError('not-found', say('instance.not-here', { id: instanceId }));
    return report;
  }

  return {
    async *watch(_, { signal, protocol }) {
      const { instances, sampler, network, facts } = served();
      const queue = new ReportQueue(protocol);
      // Listening before looking: nothing that happens in between is lost.
      using _changes = instances.changes.on((change) => queue.pushChange(change));
      using _samples = sampler.samples.on((sample) => queue.pushLoad(sample));
      using _network = network.changed.on((report) => queue.pushNetwork(report));
      yield {
        type: 'inventory',
        facts,
        instances: instances.reports(),
        load: sampler.last.load,
        ...(network.report && { network: network.report }),
      };
      yield* queue.read(signal);
    },

    // It goes on without its caller: whoever orders it again joins it.
    prepareInstance: ({ instanceId, generation, config }, { progress }) =>
      order(instanceId, { kind: 'prepare', generation, config }, progress),
    startInstance: ({ instanceId, generation, config }) => order(instanceId, { kind: 'start', generation, config }),
    stopInstance: ({ instanceId, generation, timeoutSeconds, waitSeconds }) =>
      order(instanceId, { kind: 'stop', generation, timeoutSeconds, waitSeconds }),
    killInstance: ({ instanceId, generation }) => order(instanceId, { kind: 'kill', generation }),
    rebootInstance: ({ instanceId, generation, timeoutSeconds, waitSeconds, config }) =>
      order(instanceId, { kind: 'reboot', generation, timeoutSeconds, waitSeconds, config }),
    resetInstance: ({ instanceId, generation }) => order(instanceId, { kind: 'reset', generation }),
    async removeInstance({ instanceId, generation }) {
      await served().instances.order(instanceId, { kind: 'remove', generation });
      return {};
    },

    async screenshot({ instanceId }) {
      const png = await served().instances.machine(instanceId).screenshot();
      return { pngBase64: png.toString('base64') };
    },
    async display({ instanceId }, bytes, { signal }) {
      await join(bytes, await served().instances.machine(instanceId).openDisplay(), signal);
    },
    async serial({ instanceId }, bytes, { signal }) {
      await join(bytes, served().instances.machine(instanceId).openSerial(), signal);
    },

    async forgetImage({ imageId }) {
      await served().instances.forgetImage(imageId);
      return {};
    },
  };
}

/** Copies bytes both ways until either side closes; then closes both. */
async function join(one: Duplex, other: Duplex, signal: AbortSignal): Promise<void> {
  // Either end closes the other: a console has no half-closed state.
  finished(one, () => other.destroy());
  finished(other, () => one.destroy());
  await Promise.allSettled([pipeline(one, other, { signal }), pipeline(other, one, { signal })]);
}
