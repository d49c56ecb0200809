/** A whole Node Client with real machines, a Control Server to order it about and a Storage Server with one image. */
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ComponentId } from '@zhiyun/contracts';
import { type InstanceConfig, type NodeReport, nodeClientLink, storageServerLink } from '@zhiyun/contracts/links';
import { PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain, type LinkClient, type LinkHandlers } from '@zhiyun/link';
import { createNodeClient, createQemuHypervisor, shortNodeId } from '@zhiyun/node-client';
import { waitFor } from '@zhiyun/testkit';
import { answerLines } from './network-line-process.ts';

export interface NetworkNodeSettings {
  nodeId: ComponentId;
  home: string;
  imagePath: string;
}

export type NodeOrder = { generation: number } & (
  | { kind: 'prepare' | 'start'; config: InstanceConfig }
  | { kind: 'stop' | 'kill' | 'remove'; instanceId: InstanceConfig['id'] }
);

const notKnown = () => Promise.reject(new PlatformError('not-found', 'There is no such method.'));
const silent = () => Promise.reject(new Error('This is not played here.'));
const unasked: Omit<LinkHandlers<typeof storageServerLink>, 'readImage'> = {
  openUpload: silent,
  uploadOffset: silent,
  checkUpload: silent,
  importFile: silent,
  removeImage: silent,
  listImages: silent,
  receiveImage: silent,
  offerImage: silent,
  readOffered: silent,
  fetchImage: silent,
  readImageData: notKnown,
  imageFile: notKnown,
};

/** The inventory, with which every watch begins. */
function firstReport(link: LinkClient<typeof nodeClientLink>): Promise<NodeReport> {
  const end = new AbortController();
  return new Promise((resolve, reject) => {
    const take = (report: NodeReport) => {
      resolve(report);
      end.abort();
    };
    link.watch({}, take, end).catch(reject);
  });
}

if (import.meta.main) {
  const { nodeId, home, imagePath }: NetworkNodeSettings = JSON.parse(process.argv[2] ?? '');
  await mkdir(home, { recursive: true, mode: 0o711 });
  const domain = createMemoryDomain();
  const storage = domain.join({ type: 'storage-server', name: 'storage' });
  const played = { readImage: (_: unknown, bytes: Writable) => pipeline(createReadStream(imagePath), bytes) };
  storage.serve(storageServerLink, { ...unasked, ...played });
  const control = domain.join({ type: 'control-server', name: 'control' });
  const member = domain.join({ type: 'node-client', name: 'node', id: nodeId });
  const hypervisor = await createQemuHypervisor({
    probeCacheFile: join(home, 'probe.json'),
    log: silentLogger,
    node: shortNodeId(nodeId),
  });
  const node = await createNodeClient({ member, home, hypervisor, clock: systemClock, log: silentLogger });
  await storage.start();
  await control.start();
  await node.start();
  const [peer] = await waitFor(
    () => control.onlinePeers('node-client').length > 0 && control.onlinePeers('node-client'),
  );
  if (!peer) throw new Error('The node did not join.');
  const link = peer.as(nodeClientLink);
  const options = { timeoutMs: 60_000 };

  await answerLines(async (order: NodeOrder | { kind: 'inventory' | 'leave' }) => {
    switch (order.kind) {
      case 'inventory':
        return firstReport(link);
      case 'leave':
        await node.stop();
        return hypervisor[Symbol.asyncDispose]();
      case 'prepare':
        return link.prepareInstance({ ...order, instanceId: order.config.id });
      case 'start':
        return link.startInstance({ ...order, instanceId: order.config.id }, options);
      case 'stop':
        return link.stopInstance({ ...order, timeoutSeconds: 50 }, options);
      case 'kill':
        return link.killInstance(order, options);
      case 'remove':
        return link.removeInstance(order, options);
    }
  });
}
