/**
 * Filters headers. Hop-by-hop headers stay on their connection, and `x-zhiyun-*` is only ever set by us, since the
 * Control Server trusts it.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Client } from './client.ts';

const ofOneConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'http2-settings',
  'expect',
  // A reverse proxy's, read already.
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

export function headersToPeer(headers: IncomingHttpHeaders, client: Client): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || ofOneConnection.has(name) || name.startsWith('x-zhiyun-') || name.startsWith(':'))
      continue;
    kept[name] = value;
  }
  kept['x-zhiyun-client-address'] = client.address;
  kept['x-zhiyun-origin'] = client.origin;
  return kept;
}

export function headersToClient(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || ofOneConnection.has(name) || name.startsWith('x-zhiyun-') || name.startsWith(':'))
      continue;
    kept[name] = value;
  }
  return kept;
}
