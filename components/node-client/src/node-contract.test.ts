import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { nodeContract } from '@zhiyun/testkit';
import { SimulatedHost } from './hypervisor/simulated/simulated-host.ts';
import { createSimulatedHypervisor } from './hypervisor/simulated/simulated-hypervisor.ts';
import { createSimulatedNetwork } from './network/private/simulated-network.ts';
import { shortNodeId } from './network/private/slots.ts';
import { createNodeClient } from './node-client.ts';

nodeContract('the Node Client with its ledger and disks in files', async (domain) => {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-node-'));
  const member = domain.join({ type: 'node-client', name: 'node-1' });
  const node = await createNodeClient({
    ...{ member, home, clock: systemClock, log: silentLogger },
    hypervisor: createSimulatedHypervisor({ host: new SimulatedHost({ pace: { launchMs: 1, shutdownMs: 1 } }) }),
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    network: createSimulatedNetwork(shortNodeId(member.id)),
  });
  await node.start();
  return async () => {
    await node.stop();
    await rm(home, { recursive: true, force: true });
  };
});
