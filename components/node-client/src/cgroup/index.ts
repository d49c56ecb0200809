export * from './cgroups.ts';
export { type Controller, controllers } from './hierarchies.ts';
export { type CgroupLimits, machineLimits } from './limits.ts';
