/** A node-client in a process of its own, to be stopped or killed by a test: `node node-process.ts <home> <token>`. */
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { joinDomain } from '../membership/join-domain.ts';
import { testHandlers, testTable } from './tables.ts';

const [home = '', token = ''] = process.argv.slice(2);
const type = 'node-client';
const member = await joinDomain({
  home,
  type,
  name: 'n9',
  version: '1',
  endpointHosts: ['127.0.0.1'],
  dataServers: [],
  token,
  clock: systemClock,
  log: silentLogger,
});
member.serve(testTable, testHandlers().handlers);
await member.start();
console.log(member.id);
