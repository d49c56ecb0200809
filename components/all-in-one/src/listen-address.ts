import { networkInterfaces } from 'node:os';
import { isGuestInterface } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

export interface ListenAddress {
  host: string;
  port: number;
}

export const defaultListen: ListenAddress = { host: '0.0.0.0', port: 8443 };

/** `HOST:PORT`, `[::1]:8443`, `:8443` or `8443`. Port 0 takes a free one. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]]*)):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (!match || port > 65535)
    throw new PlatformError(
      'invalid-request',
      `--listen ${JSON.stringify(text)} is not HOST:PORT; for example 0.0.0.0:8443 or [::1]:8443.`,
    );
  return { host: match.groups?.six ?? (match.groups?.host || defaultListen.host), port };
}

/** `HOST`, `HOST:PORT` or `[::1]:8444`: where another machine can be reached. */
export function parseHostPort(text: string, option: string, defaultPort: number): ListenAddress {
  const match = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.groups?.port ?? defaultPort);
  const host = match?.groups?.six ?? match?.groups?.host;
  if (host === undefined || port < 1 || port > 65535)
    throw new PlatformError(
      'invalid-request',
      `${option} ${JSON.stringify(text)} is not HOST or HOST:PORT; for example 192.0.2.10 or [2001:db8::1]:${defaultPort}.`,
    );
  return { host, port };
}

const wildcards = new Set(['0.0.0.0', '::', '']);

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The address to type on this very machine. */
export function localUrl(listen: ListenAddress): string {
  const host = wildcards.has(listen.host) ? '127.0.0.1' : listen.host;
  return `https://${urlHost(host)}:${listen.port}`;
}

/** Every address others may try, when listening on all of them. */
export function reachableUrls(listen: ListenAddress, interfaces = networkInterfaces()): string[] {
  if (!wildcards.has(listen.host)) return [localUrl(listen)];
  const outside = Object.entries(interfaces)
    .flatMap(([name, addresses]) => (isGuestInterface(name) ? [] : (addresses ?? [])))
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => `https://${address}:${listen.port}`);
  return [...outside, localUrl(listen)];
}
