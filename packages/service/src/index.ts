export * from './component.ts';
export * from './config.ts';
export * from './home.ts';
export * from './home-lock.ts';
export * from './lifecycle.ts';
export * from './logger.ts';
export * from './metrics.ts';
export { identifyProcess, isAlive } from './process-identity.ts';
