/** Handlers of the Data Server's link methods; the contract describes each. */
import type { ComponentId, JoinTokenInfo } from '@zhiyun/contracts';
import type { dataServerLink, LinkEndpoint } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { certificateSha256, formatJoinToken, type LinkHandlers, signServerCertificate } from '@zhiyun/link';
import type { ComponentList } from './component-list.ts';
import { createJoinToken, listJoinTokens, type NewJoinToken, revokeJoinToken } from './join-tokens.ts';
import { type Joining, renewCertificate } from './joining.ts';
import type { Registrations } from './registrations.ts';
import { removeComponent } from './removal.ts';
import { tokenAddresses } from './token-addresses.ts';

export interface Serving {
  joining: Joining;
  selfId: ComponentId;
  /** Present endpoint of this Data Server. */
  endpoint: () => LinkEndpoint;
  list: ComponentList;
  registrations: Registrations;
  /** Undefined: private to this machine. */
  databaseUrl: string | undefined;
}

export function handlersOf(serving: Serving): LinkHandlers<typeof dataServerLink> {
  const { joining, registrations, databaseUrl } = serving;
  const { store, domain, clock } = joining;
  return {
    register: (params, context) => registrations.register(params, context),
    reportLinks: async (report, { caller }) => {
      registrations.reportLinks(caller.id, report);
      return {};
    },
    goodbye: async (_params, { caller }) => {
      await registrations.goodbye(caller.id);
      return {};
    },
    renewCertificate: async ({ certificateRequest }, { caller }) => ({
      certificate: await renewCertificate(joining, caller, certificateRequest),
    }),
    issueGatewayCertificate: async ({ certificateRequest, names }) => ({
      certificate: await signServerCertificate(domain.authority, certificateRequest, names, clock.now()),
      caCertificate: domain.authority.certificate,
    }),
    listLinks: async () => ({ links: registrations.links }),
    databaseAccess: async () => {
      if (databaseUrl === undefined) throw databasePrivate();
      return { url: databaseUrl };
    },
    createJoinToken: async (token) => await makeJoinToken(serving, token),
    listJoinTokens: async () => ({ items: await listJoinTokens(store, clock) }),
    revokeJoinToken: async ({ id }) => {
      await revokeJoinToken(store, clock, id);
      return {};
    },
    removeComponent: async ({ id }) => {
      await removeComponent(store, id);
      return {};
    },
  };
}

/** Renders the token to paste on the other machine, with the CA's hash and addresses to try. */
export async function makeJoinToken(
  { joining: { store, domain, clock }, selfId, endpoint, list }: Omit<Serving, 'registrations' | 'databaseUrl'>,
  wanted: NewJoinToken,
): Promise<JoinTokenInfo & { token: string }> {
  const { info, secret } = await createJoinToken(store, clock, wanted);
  const others = list.ofType('data-server').filter(({ id, state }) => id !== selfId && state === 'online');
  const token = formatJoinToken({
    dataServers: tokenAddresses([endpoint(), ...others.map((other) => other.endpoint)]),
    caSha256: certificateSha256(domain.authority.certificate),
    secret,
  });
  return { ...info, token };
}

function databasePrivate(): PlatformError {
  return new PlatformError(
    'database-private',
    'The database of this domain is private to the machine of its first Data Server, and no other machine can reach it. ' +
      'On that machine run «zhiyun database move --to URL» with a PostgreSQL that both can reach, and try again.',
  );
}
