export { askDataServer } from './ask-data-server.ts';
export { bodyBytes } from './body-bytes.ts';
export {
  type Authority,
  certificateSha256,
  componentCertificateMs,
  createAuthority,
  createCertificateRequest,
  newPrivateKey,
  publicKeySha256,
  signComponentCertificate,
  signServerCertificate,
} from './certificates.ts';
export type { Discover, HearDataServers } from './data-servers.ts';
export { type AnnounceDomainOptions, announceDomain } from './discovery/announce-domain.ts';
export { chooseDomain } from './discovery/choose-domain.ts';
export { type DiscoverDomainsOptions, discoverDomains, type FoundDomain } from './discovery/discover-domains.ts';
export { type ListenForDataServersOptions, listenForDataServers } from './discovery/listen-for-data-servers.ts';
export { faultFor } from './fault-for.ts';
export { LinkServer, type LinkServerOptions } from './http2/link-server.ts';
export { protocolMismatch } from './http2/wire.ts';
export { forgetIdentity, type Identity, isValidAt, openIdentity, readMembership, renewalDueMs } from './identity.ts';
export { type JoinDomainOptions, joinDomain } from './join-domain.ts';
export { crowd, goneMs, heartbeatMs, linkThreadName, listenMs, suspectMs } from './limits.ts';
export { listenRemembered } from './listen.ts';
export { createMemoryDomain, type MemoryDomain } from './memory/memory-domain.ts';
export {
  anyHost,
  hostsOf,
  isAnyHost,
  isLoopback,
  machineId,
  ownAddresses,
  ownEndpoint,
  presentAddresses,
} from './own-endpoint.ts';
export { Served } from './served.ts';
export { formatJoinToken, type JoinToken, parseJoinToken } from './token.ts';
export * from './types.ts';
