/** First step of every member: identity, certificate, and where the Data Servers are. */
import { PlatformError } from '@zhiyun/kernel';
import { certificateSha256 } from '../certificates/certificates.ts';
import { DataServers } from './data-servers.ts';
import { type Identity, isUsable, type Membership, openIdentity } from './identity.ts';
import { requestMembership } from './join.ts';
import type { JoinDomainOptions } from './join-domain.ts';
import { parseJoinToken } from './token.ts';

export interface OpenMembership {
  identity: Identity;
  membership: Membership;
  dataServers: DataServers;
}

/** Reads the membership, or obtains one. Throws as `joinDomain` does. */
export async function openMembership(options: Omit<JoinDomainOptions, 'name' | 'version'>): Promise<OpenMembership> {
  const { home, type, domainName, discover, clock, log } = options;
  const identity = await openIdentity(home, type);
  const token = options.token === undefined ? undefined : parseJoinToken(options.token);
  const past = await identity.membership();
  if (past && token && certificateSha256(past.caCertificate) !== token.caSha256) {
    throw new PlatformError(
      'join-refused',
      `This ${type} belongs to the domain "${past.domain.name}" and the join token is of another. Leave the token out, or remove ${home}/${type}/identity to join anew.`,
    );
  }
  const wanted = { ...(past && { domainId: past.domain.id }), ...(domainName !== undefined && { domainName }) };
  const dataServers = new DataServers({
    identity,
    given: [...options.dataServers, ...(token?.dataServers ?? [])],
    kept: await identity.dataServers(),
    discover: discover && ((signal) => discover(wanted, signal)),
    clock,
    log,
  });
  if (past && isUsable(past, identity, clock.now())) return { identity, membership: past, dataServers };
  const membership = await requestMembership({ identity, dataServers, past, token, clock, log });
  await identity.keepMembership(membership);
  return { identity, membership, dataServers };
}
