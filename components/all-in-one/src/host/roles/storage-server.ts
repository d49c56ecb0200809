import { joinDomain } from '@zhiyun/link';
import { createStorageServer } from '@zhiyun/storage-server';
import type { StartRole } from '../role.ts';

export const startStorageServer: StartRole = async (host, ends) => {
  const { home, clock } = host;
  const member = await joinDomain(await host.joining('storage-server'));
  const storage = await createStorageServer({ member, home, clock, log: host.log('storage-server') });
  ends.add(() => storage.stop());
  await storage.start();
  return { member, removed: member.removed };
};
