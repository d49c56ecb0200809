export * from './hypervisor/index.ts';
export { type AfterRestart, afterRestartPolicies } from './instance/restart-plan.ts';
export type { ShutdownOptions } from './instance/shut-down-instances.ts';
export type { NetworkMode } from './network/network-mode.ts';
export type { GuestNetwork } from './network/private/guest-network.ts';
export { formerRange, type GuestRange, parseRange } from './network/private/guest-range.ts';
export { inspectGuestNetwork, type NetworkInspection } from './network/private/inspect-network.ts';
export { createKernelNetwork, type KernelNetworkOptions } from './network/private/kernel-network.ts';
export { createPrivateMode } from './network/private/private-mode.ts';
export { createSimulatedNetwork } from './network/private/simulated-network.ts';
export { type GuestLink, guestLink, shortNodeId } from './network/private/slots.ts';
export { requireNetAdmin } from './network/privileges.ts';
export { createNodeClient, type GuestNetworkSettings, type NodeClient, type NodeClientOptions } from './node-client.ts';
export { HelperStarter } from './process/helper-starter.ts';
export type { ProcessStarter } from './process/process-starter.ts';
export {
  createSimulatedNode,
  type SimulatedNodeOptions,
  startedGeneration,
  startedSequence,
} from './simulated-node.ts';
export { defaultUserRange, type UserRange } from './workshop/guest-users.ts';
