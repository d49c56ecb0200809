import { createDataServer } from '@zhiyun/data-server';
import { announceDomain, isAnyHost } from '@zhiyun/link';
import type { StartRole } from '../role.ts';

export const startDataServer: StartRole = async (host, ends) => {
  const { name, version, home, clock, known, linkHost } = host;
  const log = host.log('data-server');
  const { store, url } = await host.database.open('data-server');
  const dataServer = await createDataServer({
    store,
    home,
    name,
    version,
    listen: { host: linkHost, port: 0 },
    databaseUrl: url,
    ...(host.domainName !== undefined && { domainName: host.domainName }),
    clock,
    log,
  });
  ends.add(() => dataServer.stop());
  await dataServer.start();
  const { domain, address, caCertificate } = dataServer;
  // What listens at a chosen address is not offered to the whole network.
  if (isAnyHost(linkHost))
    ends.use(announceDomain({ domain, componentId: dataServer.id, port: address.port, clock, log }));
  known.domain = domain.name;
  known.caCertificate = caCertificate;
  known.dataServer = {
    address,
    createJoinToken: async (role) => dataServer.createJoinToken({ roles: [role], expiresInSeconds: 600, uses: 1 }),
  };
  ends.add(() => {
    delete known.dataServer;
  });
  return { removed: dataServer.removed };
};
