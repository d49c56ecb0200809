import { createControlServer } from '@zhiyun/control-server';
import { crowd, joinDomain } from '@zhiyun/link';
import type { StartRole } from '../role.ts';

export const startControlServer: StartRole = async (host, ends) => {
  const { version, clock, known, paths } = host;
  const log = host.log('control-server');
  const { store } = await host.database.open('control-server');
  const member = await joinDomain({
    ...(await host.joining('control-server')),
    crowd: host.linkThreadAboveNodes ?? crowd,
  });
  const control = await createControlServer({ store, member, passwordFile: paths.passwordFile, version, clock, log });
  ends.add(() => control.stop());
  await control.start();
  if (control.firstUser) known.firstUser = control.firstUser;
  return { member, removed: member.removed };
};
