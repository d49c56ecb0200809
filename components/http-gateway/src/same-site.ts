/**
 * A browser sends the session cookie by itself; so a request that changes something must prove that our own page made it.
 * Browsers say so in `Sec-Fetch-Site`; older ones in `Origin`. Programs send neither and carry no cookie by themselves.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { originOf } from './client.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `ownOrigin`: under which the client knows this platform. */
export function sameOrigin({ origin }: IncomingHttpHeaders, ownOrigin: string): boolean {
  return origin === undefined || originOf(origin) === ownOrigin;
}

export function crossSite(method: string, headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  if (harmless.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return !sameOrigin(headers, ownOrigin);
}
