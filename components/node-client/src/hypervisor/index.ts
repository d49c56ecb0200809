export * from './hypervisor.ts';
export { findHypervisorUser } from './qemu/hypervisor-user.ts';
export type { HypervisorUser } from './qemu/machine-files.ts';
export { createQemuHypervisor, type QemuHypervisorOptions } from './qemu/qemu-hypervisor.ts';
export { SimulatedHost, type SimulatedHostOptions } from './simulated/simulated-host.ts';
export { createSimulatedHypervisor, type SimulatedHypervisorOptions } from './simulated/simulated-hypervisor.ts';
export type { SimulatedPace } from './simulated/simulated-process.ts';
