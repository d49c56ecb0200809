import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { PlatformError } from '@zhiyun/kernel';
import { anyHost, hostsOf, isAnyHost } from '@zhiyun/link';

export interface ListenAddress {
  host: string;
  port: number;
}

export const defaultPort = 8443;

/** Everywhere, IPv6 and IPv4. */
export function defaultListen(): ListenAddress {
  return { host: anyHost(), port: defaultPort };
}

/** `HOST:PORT`, `[::1]:8443`, `:8443` or `8443`. Port 0 takes a free one. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]]*)):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (!match || port > 65535)
    throw new PlatformError(
      'invalid-request',
      `--listen ${JSON.stringify(text)} is not HOST:PORT; for example 0.0.0.0:8443 or [::1]:8443.`,
    );
  return { host: match.groups?.six ?? (match.groups?.host || anyHost()), port };
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

/** Where links listen: a host alone, for their ports are their own. */
export function parseHost(text: string, option: string): string {
  const host = /^\[(.*)\]$/.exec(text.trim())?.[1] ?? text.trim();
  if (isIP(host) !== 0 || /^[a-zA-Z0-9.-]+$/.test(host)) return host;
  throw new PlatformError(
    'invalid-request',
    `${option} ${JSON.stringify(text)} is not an address of this machine; for example 192.0.2.10 or 2001:db8::1.`,
  );
}

export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The address to type on this very machine. */
export function localUrl({ host, port }: ListenAddress): string {
  return `https://${hostPort(isAnyHost(host) ? '127.0.0.1' : host, port)}`;
}

/** Every address others may try, when listening on all of them; the one to type here comes last. */
export function reachableUrls(listen: ListenAddress, interfaces = networkInterfaces()): string[] {
  const outside = hostsOf(interfaces, listen.host).map((host) => `https://${hostPort(host, listen.port)}`);
  return [...new Set([...outside, localUrl(listen)])];
}
