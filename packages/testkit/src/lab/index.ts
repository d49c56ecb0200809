export { createLab, type Lab, type LabOptions, labMissing } from './create-lab.ts';
export { type HostFetchOptions, hostFetch } from './host-fetch.ts';
export { type ExecOptions, LabHost, type RunOptions } from './lab-host.ts';
export type { LabSpeed } from './lab-network.ts';
export { LabProcess, type LabProcessEnd } from './lab-process.ts';
export { Load } from './load.ts';
export type { LoadAnswer, LoadPlan, LoadRequest } from './load-plan.ts';
