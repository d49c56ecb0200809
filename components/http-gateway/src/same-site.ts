/**
 * A browser sends the session cookie by itself; so a request that changes something must prove that our own page made it.
 * Browsers say so in `Sec-Fetch-Site`; older ones in `Origin`. Programs send neither and carry no cookie by themselves.
 */
import type { IncomingHttpHeaders } from 'node:http';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

export function sameOrigin(headers: IncomingHttpHeaders, host: string): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

export function crossSite(method: string, headers: IncomingHttpHeaders, host: string): boolean {
  if (harmless.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return !sameOrigin(headers, host);
}
