/**
 * What a Control Server relies on in a node: generations, repetition, reports that grow, and what becomes of what is unknown. Held of the
 * real Node Client (on a simulated hypervisor) and of the node that the Control Server's tests use, so that the two say the same.
 */
import { type InstanceId, MiB } from '@zhiyun/contracts';
import {
  type InstanceConfig,
  type InstanceReport,
  type NodeReport,
  nodeClientLink,
  privateMode,
} from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { createMemoryDomain, type MemoryDomain } from '@zhiyun/link';
import { describe, expect, test } from 'vitest';
import { waitFor } from './wait-for.ts';

/** Brings a node to life in the domain; gives back how to end it. */
export type StartNode = (domain: MemoryDomain) => Promise<() => Promise<void>>;

function configOf(name = 'web-1'): InstanceConfig {
  const id = newId<InstanceId>();
  const nics = [{ mode: privateMode, macAddress: '52:54:00:00:00:01', address: '100.64.0.6' }];
  return { id, name, cores: 1, memoryBytes: 64 * MiB, iso: null, disks: [], nics };
}

async function stage(startNode: StartNode) {
  const ends = new AsyncDisposableStack();
  const domain = createMemoryDomain();
  const control = ends.use(domain.join({ type: 'control-server', name: 'control-1' }));
  await control.start();
  ends.defer(await startNode(domain));
  const peer = await waitFor(() => control.onlinePeers('node-client')[0]);
  const node = peer.as(nodeClientLink);
  const reports: NodeReport[] = [];
  const watching = new AbortController();
  ends.defer(() => watching.abort());
  const take = (report: NodeReport) => {
    reports.push(report);
  };
  node.watch({}, take, { signal: watching.signal }).catch(() => {});
  const config = configOf();
  const order = (generation: number) => ({ instanceId: config.id, generation });
  return {
    node,
    config,
    order,
    reports,
    prepareAndStart: async () => {
      await node.prepareInstance({ ...order(1), config });
      return node.startInstance({ ...order(2), config });
    },
    reported: () => reports.flatMap((each) => (each.type === 'instance' ? [each.report] : [])),
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  };
}

const shownOf = ({ generation, state, stopReason }: InstanceReport) => ({ generation, state, stopReason });

export function nodeContract(name: string, startNode: StartNode): void {
  describe(`a node to its Control Server: ${name}`, () => {
    test('an instance is prepared, started, stopped, and removed', async () => {
      await using world = await stage(startNode);
      const { node, order, config } = world;
      const prepared = await node.prepareInstance({ ...order(1), config });
      expect(shownOf(prepared)).toEqual({ generation: 1, state: 'prepared', stopReason: 'never-started' });
      const started = await node.startInstance({ ...order(2), config });
      expect(shownOf(started)).toEqual({ generation: 2, state: 'running', stopReason: null });
      const stopped = await node.stopInstance({ ...order(3), timeoutSeconds: 10 });
      expect(shownOf(stopped)).toEqual({ generation: 3, state: 'stopped', stopReason: 'requested' });
      await node.removeInstance(order(4));
      await waitFor(() => world.reports.some(({ type }) => type === 'gone'));
    });

    test('an order that is repeated is answered as the first time, and not carried out again', async () => {
      await using world = await stage(startNode);
      const { node, order, config } = world;
      const first = await world.prepareAndStart();
      const again = await node.startInstance({ ...order(2), config });
      expect(shownOf(again)).toEqual(shownOf(first));
      expect(again.epoch).toBe(first.epoch);
      await node.removeInstance(order(3));
      expect(await node.removeInstance(order(3))).toEqual({});
    });

    test('an older order than the newest is refused', async () => {
      await using world = await stage(startNode);
      const { node, order } = world;
      await world.prepareAndStart();
      await node.killInstance(order(5));
      await expect(node.stopInstance({ ...order(4), timeoutSeconds: 1 })).rejects.toMatchObject({
        code: 'stale-generation',
      });
    });

    test('a machine that is killed says so', async () => {
      await using world = await stage(startNode);
      await world.prepareAndStart();
      const killed = await world.node.killInstance(world.order(3));
      expect(shownOf(killed)).toEqual({ generation: 3, state: 'stopped', stopReason: 'killed' });
    });

    test('the first report is the inventory, and those of an instance grow', async () => {
      await using world = await stage(startNode);
      await world.prepareAndStart();
      await waitFor(() => world.reported().some(({ state }) => state === 'running'));
      expect(world.reports[0]?.type).toBe('inventory');
      const sequences = world.reported().map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(new Set(sequences).size).toBe(sequences.length);
    });

    test('what it has never heard of cannot be started, and is removed already', async () => {
      await using world = await stage(startNode);
      const { node } = world;
      const unknown = configOf('unknown');
      const order = { instanceId: unknown.id, generation: 1 };
      await expect(node.startInstance({ ...order, config: unknown })).rejects.toMatchObject({ code: 'not-found' });
      expect(await node.removeInstance(order)).toEqual({});
    });
  });
}
