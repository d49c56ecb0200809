/**
 * The session cookie. Cookies are shared by all ports of a host, so its name holds the domain: two platforms behind one host name
 * do not take each other's sessions away.
 */
import { type DomainId, sessionCookiePrefix } from '@zhiyun/contracts';
import type { NewSession } from './sessions.ts';

/** The end of a UUIDv7 is its random part. */
export function sessionCookieName(domainId: DomainId): string {
  return `${sessionCookiePrefix}-${domainId.slice(-12)}`;
}

const attributes = 'HttpOnly; Secure; SameSite=Strict';

export function sessionCookie(name: string, session: NewSession, now: number): string {
  const maxAge = Math.floor((session.expiresAt.getTime() - now) / 1000);
  return `${name}=${session.token}; Path=/; Max-Age=${maxAge}; ${attributes}`;
}

export function endedSessionCookie(name: string): string {
  return `${name}=; Path=/; Max-Age=0; ${attributes}`;
}

/** The token in a `Cookie` header. Sessions from before the name held the domain go on until they end. */
export function cookieToken(cookie: string | undefined, name: string): string | undefined {
  const values = new Map<string, string>();
  for (const pair of cookie?.split(';') ?? []) {
    const [key = '', value] = pair.trim().split('=', 2);
    if (value) values.set(key, value);
  }
  return values.get(name) ?? values.get(sessionCookiePrefix);
}
