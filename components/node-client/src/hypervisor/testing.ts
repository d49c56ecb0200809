/** Exports for tests of real machines in other packages. */
export { Cgroups, type Controller, readHierarchies } from '../cgroup/index.ts';
export { identify } from '../process/find-processes.ts';
export { directStarter } from '../process/process-starter.ts';
export { type ContractNode, heard, hypervisorContract } from './contract.ts';
export { commandLine } from './qemu/command-line.ts';
export { connectUnix } from './qemu/connect-unix.ts';
export { findHypervisorUser } from './qemu/hypervisor-user.ts';
export { type MachineFiles, machineFiles } from './qemu/machine-files.ts';
export { bootable, guestRuns, probeAccelerator } from './qemu/probe-accelerator.ts';
export { QmpMonitor } from './qemu/qmp/monitor.ts';
