/**
 * The guest network of one node as a process of its own, so that a test can put it into a network namespace and kill it.
 * Orders come as lines of JSON on standard input, answers go out the same way.
 */
import type { NodeId } from '@zhiyun/contracts';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import {
  createKernelNetwork,
  createPrivateMode,
  formerRange,
  type GuestLink,
  type NetworkMode,
} from '@zhiyun/node-client';
import { answerLines } from './network-line-process.ts';

export type NetworkOrder =
  | { kind: 'open'; links: GuestLink[] }
  | { kind: 'set-up' | 'tear-down' | 'counters'; link: GuestLink }
  | { kind: 'slots-in-use' | 'report' }
  | { kind: 'refuse'; networks: string[] }
  /** Of private mode over this network. */
  | { kind: 'mode'; method: Exclude<keyof NetworkMode, 'name'>; parameters: unknown[] }
  | { kind: 'close'; keep: boolean };

/** Set by whoever starts it: see NetworkLab. */
export interface NetworkAgentSettings {
  nodeId: NodeId;
  directory: string;
  owner: { uid: number; gid: number };
  resolvFile: string;
}

if (import.meta.main) {
  const settings: NetworkAgentSettings = JSON.parse(process.argv[2] ?? '');
  const network = createKernelNetwork({ ...settings, range: formerRange, clock: systemClock, log: silentLogger });
  const mode = createPrivateMode(network);
  const carryOut = async (order: NetworkOrder): Promise<unknown> => {
    switch (order.kind) {
      case 'open':
        return network.open(order.links);
      case 'set-up':
        return network.setUp(order.link);
      case 'tear-down':
        return network.tearDown(order.link);
      case 'counters':
        return network.counters(order.link);
      case 'slots-in-use':
        return [...(await network.slotsInUse())];
      case 'report':
        return network.report;
      case 'refuse':
        return network.refuse(order.networks);
      case 'mode':
        return (mode[order.method] as (...parameters: unknown[]) => unknown)(...order.parameters);
      case 'close':
        return network.close(order.keep);
    }
  };
  await answerLines(carryOut);
}
