export * from './component.ts';
export * from './control-server.ts';
export * from './data-server.ts';
export * from './first-codes.ts';
export * from './link-contract.ts';
export * from './node-client.ts';
export * from './protocol.ts';
export * from './storage-server.ts';
