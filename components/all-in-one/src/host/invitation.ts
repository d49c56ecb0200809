/** How the roles of a host come into the domain: by what was typed, what the host knows, and what the network tells. */
import type { ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import type { Clock, Logger } from '@zhiyun/kernel';
import {
  chooseDomain,
  discoverDomains,
  type JoinDomainOptions,
  listenForDataServers,
  readMembership,
} from '@zhiyun/link';
import type { HostFacts } from './role.ts';

/** Of `zhiyun join`; empty on every later start. */
export interface Invitation {
  token?: string | undefined;
  dataServers: readonly LinkAddress[];
  domainName?: string | undefined;
}

export const noInvitation: Invitation = { dataServers: [] };
const discoverMs = 3_000;

export async function joiningOptions(
  type: ComponentType,
  host: {
    home: string;
    name: string;
    version: string;
    known: HostFacts;
    clock: Clock;
    log: Logger;
    linkHost: string;
  },
  { token, dataServers, domainName }: Invitation,
): Promise<JoinDomainOptions> {
  const { known, clock, linkHost, ...rest } = host;
  const isMember = (await readMembership(host.home, type)) !== undefined;
  const ownToken = token ?? (isMember ? undefined : await known.dataServer?.createJoinToken(type));
  return {
    ...rest,
    type,
    clock,
    listenHost: linkHost,
    dataServers: [...(known.dataServer ? [known.dataServer.address] : []), ...dataServers],
    ...(ownToken !== undefined && { token: ownToken }),
    ...(domainName !== undefined && { domainName }),
    async discover(expect, signal) {
      const found = await discoverDomains({ ...expect, clock, signal, timeoutMs: discoverMs });
      return chooseDomain(found, expect.domainId ?? expect.domainName).dataServers;
    },
    hear: (domainId, onHeard) => listenForDataServers({ domainId, onHeard, clock }),
  };
}
