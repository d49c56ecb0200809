import { GiB } from '@zhiyun/contracts';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { nodeContract } from '@zhiyun/testkit';
import { createSimulatedNode } from './simulated-node.ts';

nodeContract('the Node Client on simulated machines', async (domain) => {
  const node = createSimulatedNode({
    member: domain.join({ type: 'node-client', name: 'node-1' }),
    facts: {
      ...{ hostname: 'node-1', architecture: 'x86_64', kernel: '6.12', cpuModel: 'simulated', cores: 8 },
      ...{ memoryBytes: 8 * GiB, diskBytes: 100 * GiB, hypervisor: 'simulated', hypervisorVersion: '1' },
      ...{ accelerator: 'none', cgroupVersion: 'none', reflink: false },
    },
    instances: [],
    pace: { launchMs: 1, shutdownMs: 1 },
    clock: systemClock,
    log: silentLogger,
  });
  await node.start();
  return () => node.stop();
});
