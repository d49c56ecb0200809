/**
 * CSRF protection. Browsers attach the session cookie automatically, so a changing request must come from our own page,
 * by `Sec-Fetch-Site` or, in older browsers, `Origin`. Programs send neither, nor a cookie by themselves.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { originOf } from './client.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `ownOrigin`: the platform's origin as this client knows it. */
export function sameOrigin({ origin }: IncomingHttpHeaders, ownOrigin: string): boolean {
  return origin === undefined || originOf(origin) === ownOrigin;
}

export function crossSite(method: string, headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  if (harmless.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return !sameOrigin(headers, ownOrigin);
}
