export { createStorageServer, type StorageServerOptions } from './storage-server.ts';
