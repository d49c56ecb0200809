import type { HostRole } from '../host-record.ts';
import type { StartRole } from '../role.ts';
import { startControlServer } from './control-server.ts';
import { startDataServer } from './data-server.ts';
import { startHttpGateway } from './http-gateway.ts';
import { startNodeClient } from './node-client.ts';
import { startStorageServer } from './storage-server.ts';

export const startRole: Record<HostRole, StartRole> = {
  'data-server': startDataServer,
  'control-server': startControlServer,
  'storage-server': startStorageServer,
  'node-client': startNodeClient,
  'http-gateway': startHttpGateway,
};
