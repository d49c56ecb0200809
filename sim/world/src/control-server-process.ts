/** Started by watched-control-server.ts: one Control Server, as its parameter (a file) says, until it is told to end. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createControlServer } from '@zhiyun/control-server';
import { systemClock } from '@zhiyun/kernel';
import { joinDomain } from '@zhiyun/link';
import { createLogger } from '@zhiyun/service';
import { openStore } from '@zhiyun/store';
import type { ControlServerPlace } from './control-server-place.ts';
import { version } from './server.ts';

const place = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as ControlServerPlace;
const { name, home, databaseUrl, dataServers, token } = place;
const clock = systemClock;
const log = createLogger({ level: 'warn' });
const store = await openStore({ url: databaseUrl, log });
const member = await joinDomain({
  ...{ home, type: 'control-server', name, version, dataServers, token, clock, log },
  listenHost: '127.0.0.1',
});
const passwordFile = join(home, 'initial-admin-password');
const control = await createControlServer({ store, member, passwordFile, clock, log, version });
const end = async () => {
  await control.stop();
  await store.close();
  process.exit(0);
};
process.once('SIGTERM', end).once('SIGINT', end);
await control.start();
console.log(`The Control Server of ${name} is there`);
