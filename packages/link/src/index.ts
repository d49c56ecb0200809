/**
 * Links between the components of a domain. One folder per concern, and imports go one way:
 * `rpc` (methods, sessions), `certificates` ← `dial` (which address first) ← `http2` (the wire) ← `link-thread` and `peer` (liveness) ←
 * `membership` (join, register, renew). `memory` is the in-process twin for tests; `discovery` finds Data Servers by multicast.
 */
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
} from './certificates/certificates.ts';
export {
  anyHost,
  hostsOf,
  isAnyHost,
  isLoopback,
  machineId,
  ownAddresses,
  ownEndpoint,
  presentAddresses,
} from './dial/own-endpoint.ts';
export { type AnnounceDomainOptions, announceDomain } from './discovery/announce-domain.ts';
export { chooseDomain } from './discovery/choose-domain.ts';
export { type DiscoverDomainsOptions, discoverDomains, type FoundDomain } from './discovery/discover-domains.ts';
export { type ListenForDataServersOptions, listenForDataServers } from './discovery/listen-for-data-servers.ts';
export { LinkServer, type LinkServerOptions } from './http2/link-server.ts';
export { protocolMismatch } from './http2/wire.ts';
export { crowd, goneMs, heartbeatMs, linkThreadName, listenMs, suspectMs } from './limits.ts';
export { askDataServer } from './membership/ask-data-server.ts';
export type { Discover, HearDataServers } from './membership/data-servers.ts';
export {
  forgetIdentity,
  type Identity,
  isValidAt,
  openIdentity,
  readMembership,
  renewalDueMs,
} from './membership/identity.ts';
export { type JoinDomainOptions, joinDomain } from './membership/join-domain.ts';
export { listenRemembered } from './membership/listen.ts';
export { formatJoinToken, type JoinToken, parseJoinToken } from './membership/token.ts';
export { createMemoryDomain, type MemoryDomain } from './memory/memory-domain.ts';
export { bodyBytes } from './rpc/body-bytes.ts';
export { faultFor } from './rpc/fault-for.ts';
export { Served } from './rpc/served.ts';
export * from './types.ts';
