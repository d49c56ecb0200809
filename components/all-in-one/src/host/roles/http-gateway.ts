import { resolve } from 'node:path';
import { createHttpGateway } from '@zhiyun/http-gateway';
import { joinDomain } from '@zhiyun/link';
import type { StartRole } from '../role.ts';

const consoleDirectory = resolve(import.meta.dirname, '../../../../web-terminal/dist');

export const startHttpGateway: StartRole = async (host, ends) => {
  const { listen, proxies, clock, known } = host;
  const member = await joinDomain(await host.joining('http-gateway'));
  const gateway = createHttpGateway({
    member,
    listen,
    ...proxies,
    consoleDirectory,
    clock,
    log: host.log('http-gateway'),
  });
  ends.add(() => gateway.stop());
  const { port } = await gateway.start();
  known.listening = { ...listen, port };
  ends.add(() => {
    delete known.listening;
  });
  return { member, removed: member.removed };
};
