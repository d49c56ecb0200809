/** A REST client for the saved session; trusts the platform's own CA besides the system's. */
import tls from 'node:tls';
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { loadSession, type SavedSession } from './config.ts';
import { CommandError } from './output.ts';

export function trust(caCertificate: string | undefined): void {
  if (caCertificate) tls.setDefaultCACertificates([...tls.getCACertificates('default'), caCertificate]);
}

export interface Connection {
  client: RestClient;
  session: SavedSession;
}

export function connect(): Connection {
  const session = loadSession();
  if (!session) throw new CommandError('Not signed in. Run `zhiyun login` first.');
  trust(session.caCertificate);
  return { client: createRestClient({ baseUrl: session.url, token: () => session.token }), session };
}
