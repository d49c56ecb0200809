export * from './hypervisor.ts';
export type { HypervisorUser } from './qemu/machine-files.ts';
export { createQemuHypervisor, type QemuHypervisorOptions } from './qemu/qemu-hypervisor.ts';
