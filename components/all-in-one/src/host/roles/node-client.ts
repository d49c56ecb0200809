import { joinDomain } from '@zhiyun/link';
import {
  createNodeClient,
  createQemuHypervisor,
  createSimulatedHypervisor,
  HelperStarter,
  requireNetAdmin,
  shortNodeId,
} from '@zhiyun/node-client';
import type { StartRole } from '../role.ts';

export const startNodeClient: StartRole = async (host, ends) => {
  const { home, clock, simulated, paths, guestNetwork, guests, known } = host;
  const log = host.log('node-client');
  // Before anything is made: every privilege that a node needs comes with this one.
  if (!simulated) await requireNetAdmin();
  const member = await joinDomain(await host.joining('node-client'));
  // This process holds much memory and must not fork.
  const starter = ends.use(new HelperStarter());
  const hypervisor = simulated
    ? createSimulatedHypervisor()
    : await createQemuHypervisor({ probeCacheFile: paths.accelerator, node: shortNodeId(member.id), starter, log });
  ends.use(hypervisor);
  const node = await createNodeClient({ member, home, hypervisor, starter, guestNetwork, ...guests, clock, log });
  ends.add(() => node.stop());
  await node.start();
  known.shutDownInstances = (options) => node.shutDownInstances(options);
  ends.add(() => {
    delete known.shutDownInstances;
  });
  return { member, removed: member.removed };
};
