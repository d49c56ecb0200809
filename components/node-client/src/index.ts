export * from './hypervisor/index.ts';
export { defaultUserRange, type UserRange } from './instance/guest-users.ts';
export { type AfterRestart, afterRestartPolicies } from './instance/restart-plan.ts';
export type { ShutdownOptions } from './instance/shut-down-instances.ts';
export type { GuestNetwork, LinkCounters } from './network/guest-network.ts';
export { formerRange, type GuestRange, parseRange } from './network/guest-range.ts';
export { inspectGuestNetwork, type NetworkInspection } from './network/inspect-network.ts';
export { createKernelNetwork, type KernelNetworkOptions } from './network/kernel-network.ts';
export { requireNetAdmin } from './network/privileges.ts';
export { createSimulatedNetwork } from './network/simulated-network.ts';
export { type GuestLink, guestLink, shortNodeId } from './network/slots.ts';
export { createNodeClient, type GuestNetworkSettings, type NodeClient, type NodeClientOptions } from './node-client.ts';
export { HelperStarter } from './process/helper-starter.ts';
export type { ProcessStarter } from './process/process-starter.ts';
export {
  createSimulatedNode,
  type SimulatedNodeOptions,
  startedGeneration,
  startedSequence,
} from './simulated-node.ts';
