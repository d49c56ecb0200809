/** For tests of real machines that live outside of this package. */
export { openCgroups } from '../cgroup/index.ts';
export { type ContractNode, heard, hypervisorContract } from './contract.ts';
export { connectUnix } from './qemu/connect-unix.ts';
export { findHypervisorUser } from './qemu/hypervisor-user.ts';
export { type MachineFiles, machineFiles } from './qemu/machine-files.ts';
export { bootable, guestRuns, probeAccelerator } from './qemu/probe-accelerator.ts';
export { QmpMonitor } from './qemu/qmp/monitor.ts';
