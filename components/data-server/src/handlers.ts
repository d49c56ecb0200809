/** What components may ask a Data Server; see the contract for what each method promises. */
import type { dataServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import {
  certificateSha256,
  formatJoinToken,
  type LinkContext,
  type LinkHandlers,
  signServerCertificate,
} from '@zhiyun/link';
import type { ComponentList } from './component-list.ts';
import { removedError } from './component-rows.ts';
import { createJoinToken, listJoinTokens, type NewJoinToken, revokeJoinToken } from './join-tokens.ts';
import { type Joining, renewCertificate } from './joining.ts';
import type { Registrations } from './registrations.ts';
import { removeComponent } from './removal.ts';
import { tokenAddresses } from './token-addresses.ts';

export interface Serving {
  joining: Joining;
  list: ComponentList;
  registrations: Registrations;
  /** Undefined: private to this machine. */
  databaseUrl: string | undefined;
}

export function handlersOf(serving: Serving): LinkHandlers<typeof dataServerLink> {
  const { joining, list, registrations, databaseUrl } = serving;
  const { store, domain, clock } = joining;
  /** Its session may still be open for a moment. */
  const fromMembers =
    <Params, Result>(answer: (params: Params, context: LinkContext) => Promise<Result>) =>
    async (params: Params, context: LinkContext): Promise<Result> => {
      if (list.wasRemoved(context.caller.id)) throw removedError(context.caller.type);
      return await answer(params, context);
    };
  return {
    register: (params, context) => registrations.register(params, context),
    reportLinks: fromMembers(async (report, { caller }) => {
      registrations.reportLinks(caller.id, report);
      return {};
    }),
    goodbye: fromMembers(async (_params, { caller }) => {
      await registrations.goodbye(caller.id);
      return {};
    }),
    renewCertificate: fromMembers(async ({ certificateRequest }, { caller }) => ({
      certificate: await renewCertificate(joining, caller, certificateRequest),
    })),
    issueGatewayCertificate: fromMembers(async ({ certificateRequest, names }) => ({
      certificate: await signServerCertificate(domain.authority, certificateRequest, names, clock.now()),
      caCertificate: domain.authority.certificate,
    })),
    listLinks: fromMembers(async () => ({ links: registrations.links })),
    databaseAccess: fromMembers(async () => {
      if (databaseUrl === undefined) throw databasePrivate();
      return { url: databaseUrl };
    }),
    createJoinToken: fromMembers(async (token) => await makeJoinToken(serving, token)),
    listJoinTokens: fromMembers(async () => ({ items: await listJoinTokens(store, clock) })),
    revokeJoinToken: fromMembers(async ({ id }) => {
      await revokeJoinToken(store, clock, id);
      return {};
    }),
    removeComponent: fromMembers(async ({ id }) => {
      await removeComponent(store, id);
      return {};
    }),
  };
}

/** As it is typed at the other machine: with the hash of the domain's authority and where to look. */
export async function makeJoinToken({ joining, list }: Pick<Serving, 'joining' | 'list'>, wanted: NewJoinToken) {
  const { store, domain, clock } = joining;
  const { info, secret } = await createJoinToken(store, clock, wanted);
  const online = list.ofType('data-server').filter(({ state }) => state === 'online');
  const token = formatJoinToken({
    dataServers: tokenAddresses(online.map(({ endpoint }) => endpoint)),
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
