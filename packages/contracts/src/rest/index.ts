export * from './client.ts';
export { changeUnknown, publicFault } from './public-fault.ts';
export * from './route.ts';
export * from './routes.ts';
export * from './routes-at.ts';
export * from './routes-of-kind.ts';
