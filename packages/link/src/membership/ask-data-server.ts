/** One-off call to a Data Server by a host that is not a member yet, to prepare a role before starting it. */
import { dataServerLink } from '@zhiyun/contracts/links';
import { dialHttp2 } from '../http2/dial-http2.ts';
import { heartbeatMs } from '../limits.ts';
import { createLinkClient } from '../rpc/client.ts';
import type { LinkClient } from '../types.ts';
import type { JoinDomainOptions } from './join-domain.ts';
import { openMembership } from './membership.ts';

/**
 * Obtains a membership if there is none (then `options.token` is required), calls the first Data Server that answers,
 * and hangs up. Throws as `joinDomain` does, `unavailable` when none answers, or what `ask` throws.
 */
export async function askDataServer<T>(
  options: JoinDomainOptions,
  ask: (dataServer: LinkClient<typeof dataServerLink>) => Promise<T>,
): Promise<T> {
  const { clock } = options;
  const { identity, membership, dataServers } = await openMembership(options);
  const { certificate, caCertificate, domain } = membership;
  const credentials = { certificate, caCertificate, privateKey: identity.privateKey };
  const expect = { type: 'data-server', domainId: domain.id } as const;
  const session = await dataServers.reach((address, signal) =>
    dialHttp2({ address, credentials, expect, clock, signal }),
  );
  using _heartbeat = clock.every(heartbeatMs, () => session.heartbeat());
  try {
    return await ask(createLinkClient(dataServerLink, () => session));
  } finally {
    session.close();
  }
}
