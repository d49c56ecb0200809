/** The orders that carry a configuration, in the words of the node that hears them. */
import { say } from '@zhiyun/contracts';
import { downgradeInstanceConfig, type InstanceConfig, nodeClientLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Peer } from '@zhiyun/link';
import type { NodeClient } from './peers.ts';

/** The first protocol whose nodes know disks and NICs in the plural. */
const plural = 3;

/** Throws `protocol-mismatch` at an order that an older node would carry out differently. */
export function nodeClientOf(peer: Peer): NodeClient {
  const node = peer.as(nodeClientLink);
  if (peer.protocol >= plural) return node;
  return {
    ...node,
    prepareInstance: (order, ...more) => node.prepareInstance(older(peer, order), ...more),
    startInstance: (order, ...more) => node.startInstance(older(peer, order), ...more),
    rebootInstance: (order, ...more) => node.rebootInstance(older(peer, order), ...more),
  };
}

function older<Order extends { config: object }>({ name }: Peer, order: Order): Order {
  if (!('nics' in order.config)) return order;
  const config = downgradeInstanceConfig(order.config as InstanceConfig);
  if (!config) throw new PlatformError('protocol-mismatch', say('node.too-old-for-config', { name }));
  return { ...order, config };
}
