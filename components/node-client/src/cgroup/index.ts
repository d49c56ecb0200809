export * from './cgroups.ts';
export { type Controller, controllers } from './hierarchies.ts';
