import { createDataServer } from '@zhiyun/data-server';
import { announceDomain } from '@zhiyun/link';
import type { StartRole } from '../role.ts';

export const startDataServer: StartRole = async (host, ends) => {
  const { name, version, home, clock, known } = host;
  const log = host.log('data-server');
  const { store, url } = await host.database.open('data-server');
  const dataServer = await createDataServer({
    store,
    home,
    name,
    version,
    listen: { host: '0.0.0.0', port: 0 },
    databaseUrl: url,
    ...(host.domainName !== undefined && { domainName: host.domainName }),
    clock,
    log,
  });
  ends.add(() => dataServer.stop());
  await dataServer.start();
  const { domain, address, caCertificate } = dataServer;
  ends.use(announceDomain({ domain, componentId: dataServer.id, port: address.port, clock, log }));
  known.domain = domain.name;
  known.caCertificate = caCertificate;
  known.dataServer = {
    address: { host: '127.0.0.1', port: address.port },
    createJoinToken: async (role) => dataServer.createJoinToken({ roles: [role], expiresInSeconds: 600, uses: 1 }),
  };
  ends.add(() => {
    delete known.dataServer;
  });
  return { removed: dataServer.removed };
};
