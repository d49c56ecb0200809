/**
 * Identifies the client: its address and the origin it uses. Behind a reverse proxy both are in headers, which anybody
 * can forge: they are trusted only from `trustedProxies`.
 */
import { BlockList, isIP } from 'node:net';
import { say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

export interface Client {
  /** The nearest address that is no trusted proxy. */
  address: string;
  /** `https://host[:port]` as the client wrote it; default ports are omitted, as in `Origin`. */
  origin: string;
}

/**
 * A proxy forwards headers it does not know, so the family it does not write is client-controlled: only one family is
 * read.
 */
export type ForwardedHeaders = 'x-forwarded' | 'forwarded';

export interface ProxyOptions {
  /** Public origin of the platform. Default: from `Host`. */
  publicUrl?: string | undefined;
  /** Trusted proxies: addresses and networks, `10.0.0.5` or `10.0.0.0/8`. */
  trustedProxies?: readonly string[] | undefined;
  /** Header family they write. Default `x-forwarded`: X-Forwarded-For, -Proto and -Host; else RFC 7239. */
  forwardedHeaders?: ForwardedHeaders | undefined;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface ClientReader {
  /** `address`: the connection's remote address. Throws `invalid-request` for a host that no URL can hold. */
  read(address: string | undefined, headers: Headers): Client;
  isProxy(address: string): boolean;
  readonly publicOrigin: string | undefined;
}

export function createClientReader({
  publicUrl,
  trustedProxies = [],
  forwardedHeaders = 'x-forwarded',
}: ProxyOptions): ClientReader {
  const trusted = new BlockList();
  for (const network of trustedProxies) addNetwork(trusted, network);
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  const isProxy = (address: string) => isIP(address) > 0 && trusted.check(address, familyOf(address));
  return {
    publicOrigin,
    isProxy,
    read(connected, headers) {
      const peer = plainAddress(connected ?? '');
      const through = isProxy(peer) ? readForwarded(headers, forwardedHeaders) : nothingForwarded;
      const { host, proto = 'https' } = through;
      const hops = [...through.addresses, peer];
      // From the nearest on: behind the first that nobody vouches for, anything may have been made up.
      const address = hops.findLast((hop) => !isProxy(hop)) ?? hops[0] ?? peer;
      // A page that names itself the public address was reached through it, whatever the proxy made of the host.
      const isPublicPage = publicOrigin !== undefined && originOf(one(headers.origin)) === publicOrigin;
      if (publicOrigin !== undefined && (isPublicPage || (isProxy(peer) && host === undefined)))
        return { address, origin: publicOrigin };
      const written = host ?? one(headers[':authority']) ?? one(headers.host) ?? '';
      const origin = originOf(`${proto}://${written}`);
      if (origin === undefined || !hostShape.test(written))
        throw new PlatformError('invalid-request', say('gateway.bad-host'));
      return { address, origin };
    },
  };
}

const hostShape = /^(\[[0-9a-fA-F:.]+\]|[^\s/\\?#@:]+)(:\d{1,5})?$/;

interface Forwarded {
  /** Client first, in the proxies' order; an invalid address is dropped. */
  addresses: string[];
  host?: string | undefined;
  proto?: string | undefined;
}
const nothingForwarded: Forwarded = { addresses: [] };

function readForwarded(headers: Headers, kind: ForwardedHeaders): Forwarded {
  if (kind === 'forwarded') return readRfc7239(all(headers.forwarded));
  const list = (name: string) =>
    all(headers[name])
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean);
  return {
    addresses: knownTail(list('x-forwarded-for')),
    host: list('x-forwarded-host')[0],
    proto: httpScheme(list('x-forwarded-proto')[0]),
  };
}

/** `for=192.0.2.7;proto=https;host=cloud.example, for="[2001:db8::1]:4711"` */
function readRfc7239(text: string): Forwarded {
  const elements = splitOutsideQuotes(text, ',').map((element) => {
    const pairs = splitOutsideQuotes(element, ';').map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [
        name.trim().toLowerCase(),
        value
          .join('=')
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ] as const;
    });
    return new Map(pairs);
  });
  const [first] = elements;
  return {
    addresses: knownTail(elements.map((element) => element.get('for') ?? '')),
    host: first?.get('host'),
    proto: httpScheme(first?.get('proto')),
  };
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts = text.match(separator === ',' ? /(?:"[^"]*"|[^,"])+/g : /(?:"[^"]*"|[^;"])+/g);
  return (parts ?? []).map((part) => part.trim()).filter(Boolean);
}

/** The chain ends at an entry without an address (`unknown`, `_hidden`). */
function knownTail(entries: readonly string[]): string[] {
  const addresses = entries.map(plainAddress);
  return addresses.slice(addresses.findLastIndex((address) => isIP(address) === 0) + 1);
}

/** Without port, brackets, zone and the IPv6 form of an IPv4 address. */
export function plainAddress(text: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

function httpScheme(text: string | undefined): string | undefined {
  const scheme = text?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

/** Undefined for what is no web origin: `null`, another scheme, nonsense. */
export function originOf(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { origin } = new URL(text);
  return origin === 'null' ? undefined : origin;
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
function all(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  const family = familyOf(address);
  list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
}
