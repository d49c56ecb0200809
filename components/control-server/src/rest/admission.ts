/** Who may come in: decided before a byte of the body is read. 401 comes before 403, 403 before 400. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Permission, roleMay, say } from '@zhiyun/contracts';
import type { Policy } from '@zhiyun/contracts/rest';
import { PlatformError } from '@zhiyun/kernel';
import type { Principal } from './rest-handlers.ts';

export interface Credentials {
  authorization?: string | undefined;
  cookie?: string | undefined;
}
/** Throws `not-authenticated` with the reason; a session once good may be believed for at most 1 s. */
export type Authenticate = (credentials: Credentials) => Promise<Principal>;

/** Set by the gateway, which drops what a client sends under these names. */
export const gatewayHeaders = { origin: 'x-zhiyun-origin', clientAddress: 'x-zhiyun-client-address' } as const;

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function originOf(headers: IncomingHttpHeaders): string {
  const host = headers.host ?? header(headers, ':authority') ?? 'localhost';
  return header(headers, gatewayHeaders.origin) ?? `https://${host}`;
}
export function clientAddressOf(headers: IncomingHttpHeaders): string {
  return header(headers, gatewayHeaders.clientAddress) ?? 'unknown';
}

/**
 * A page of another site may make a browser send our cookie along. SameSite=Strict stops that already; this stops it
 * again, by what browsers say themselves and programs do not.
 */
export function refuseCrossSite(method: string, headers: IncomingHttpHeaders): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = header(headers, 'sec-fetch-site');
  const origin = headers.origin;
  const sameOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).origin === originOf(headers));
  if (sameOrigin && (site === undefined || site === 'same-origin' || site === 'none')) return;
  throw new PlatformError('cross-site-request', say('identity.cross-site', { origin: origin ?? '?' }));
}

/** Null: nobody needs to be known here. Throws `not-authenticated`, `forbidden`. */
export async function admit(
  policy: Policy,
  credentials: Credentials,
  authenticate: Authenticate,
): Promise<Principal | null> {
  if (policy === 'public') return null;
  const principal = await authenticate(credentials);
  if (policy !== 'signed-in') requirePermission(principal, policy);
  return principal;
}

/** Throws `forbidden`; `password-change-required` while the user's password is one that somebody else has set. */
export function requirePermission({ role, mustChangePassword }: Principal, permission: Permission): void {
  if (mustChangePassword) throw new PlatformError('password-change-required', say('identity.change-password-first'));
  if (!roleMay(role, permission))
    throw new PlatformError('forbidden', say('identity.lacks-permission', { role, permission }));
}
