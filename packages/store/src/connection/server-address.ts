/**
 * Splits a database URL into its servers: `postgresql://user:password@h1:5432,[::1]:5433,h3/name?sslmode=…`. Each gets
 * a single-host URL, which is what the driver understands. Hosts may also be in the query (`?host=/run/a` for a
 * socket), as in libpq.
 */
import { PlatformError } from '@zhiyun/kernel';
import pg from 'pg';

export interface ServerAddress {
  /** For the driver; holds the password. */
  readonly url: string;
  /** `host:port`, or the socket's directory: for messages. */
  readonly name: string;
}

/** Throws `invalid-request` for a malformed URL, never repeating its text, which may hold a password. */
export function serverAddresses(url: string): ServerAddress[] {
  const parts = /^(postgres(?:ql)?:\/\/)(?:([^/?#]*)@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?$/.exec(url);
  if (!parts) throw notAnAddress('it does not begin with postgresql://host');
  const [, scheme = '', credentials, authority = '', path = '', search = ''] = parts;
  const query = new URLSearchParams(search);
  const hosts = (query.get('host') ?? authority).split(',');
  const ports = (query.get('port') ?? '').split(',');
  const inQuery = query.has('host');
  query.delete('host');
  query.delete('port');
  return hosts.map((text, index) => {
    const [host, port] = inQuery ? [text, undefined] : splitPort(text);
    const ownPort = port ?? (ports.length > 1 ? ports[index] : ports[0]) ?? '';
    if (ownPort !== '' && !(Number(ownPort) >= 1 && Number(ownPort) <= 65_535))
      throw notAnAddress(`"${ownPort}" is no port`);
    const own = new URLSearchParams(query);
    if (host !== '') own.set('host', host);
    if (ownPort !== '') own.set('port', ownPort);
    const user = credentials === undefined ? '' : `${credentials}@`;
    return describe(`${scheme}${user}localhost${path}${own.size > 0 ? `?${own}` : ''}`);
  });
}

function splitPort(text: string): [host: string, port: string | undefined] {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(text);
  if (!parts) throw notAnAddress(`"${text}" is no host (an IPv6 address stands in brackets)`);
  return [decodeURIComponent(parts[1] ?? parts[2] ?? ''), parts[3]];
}

function describe(url: string): ServerAddress {
  let client: pg.Client;
  try {
    client = new pg.Client({ connectionString: url });
  } catch (error) {
    throw notAnAddress(error instanceof Error ? error.message : 'it cannot be read');
  }
  const { host, port } = client;
  const name = host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { url, name };
}

/** `"name" at host:port, host:port`: for messages, without the password. */
export function describeDatabase(servers: readonly ServerAddress[]): string {
  const [first] = servers;
  const { database } = new pg.Client({ connectionString: first?.url ?? '' });
  return `"${database ?? ''}" at ${servers.map(({ name }) => name).join(', ')}`;
}

function notAnAddress(why: string): PlatformError {
  return new PlatformError(
    'invalid-request',
    `The database's address cannot be used: ${why}. It looks like postgresql://user:password@host1:5432,host2:5432/name; special characters in the password are written as %XX.`,
  );
}
