/**
 * DNS-SD records of a domain (RFC 6763): one instance of `_zhiyun._tcp.local` per Data Server, named by its component
 * id. The parser reads packets of strangers: it drops what does not fit and bounds all lengths.
 */
import { isIP } from 'node:net';
import { type ComponentId, type DomainId, domainIdSchema } from '@zhiyun/contracts';
import { formatProtocols, type LinkAddress, linkProtocol } from '@zhiyun/contracts/links';
import type mdns from 'multicast-dns';

export type MulticastRecord = mdns.ResponseOutgoingPacket['answers'][number];
export type MulticastQuestion = mdns.QueryOutgoingPacket['questions'][number];

export const serviceName = '_zhiyun._tcp.local';
const servicesName = '_services._dns-sd._udp.local';
/** TTL of our records; a goodbye sends 0. */
const ttlSeconds = 120;
/** A character has at most three bytes in UTF-8 and one string of a TXT record at most 255. */
const maxNameLength = 80;
const maxDataServers = 16;
const maxHosts = 16;

export interface Announcement {
  domain: { id: DomainId; name: string };
  componentId: ComponentId;
  port: number;
  /** Addresses of the sending interface, best first. */
  hosts: readonly string[];
}

/** Hint from one packet: a Data Server of a domain, with the addresses it claims. */
export interface Suggestion {
  id: DomainId;
  name: string;
  dataServers: LinkAddress[];
}

export function encodeAnnouncement({ domain, componentId, port, hosts }: Announcement, ttl = ttlSeconds) {
  const instance = `${componentId}.${serviceName}`;
  const target = `${componentId}.local`;
  const text = [
    `domain=${domain.id}`,
    `name=${domain.name.slice(0, maxNameLength)}`,
    `v=${formatProtocols(linkProtocol)}`,
  ];
  const answers: MulticastRecord[] = [
    { type: 'PTR', name: serviceName, ttl, data: instance },
    { type: 'SRV', name: instance, ttl, flush: true, data: { target, port, priority: 0, weight: 0 } },
    { type: 'TXT', name: instance, ttl, flush: true, data: text },
  ];
  for (const host of hosts) {
    answers.push({ type: isIP(host) === 6 ? 'AAAA' : 'A', name: target, ttl, flush: true, data: host });
  }
  return answers;
}

/** All records that may be queried: the announcement, and the service type itself. */
export function allRecords(announcement: Announcement): MulticastRecord[] {
  return [...encodeAnnouncement(announcement), { type: 'PTR', name: servicesName, ttl: ttlSeconds, data: serviceName }];
}

/** Every Data Server described completely: SRV, TXT and at least one address. Others are dropped. */
export function readSuggestions(records: readonly MulticastRecord[]): Suggestion[] {
  const found: Suggestion[] = [];
  for (const record of records) {
    if (record.type !== 'SRV' || !isInstance(record.name) || record.ttl === 0) continue;
    const { target, port } = record.data;
    const domain = readText(records.find(({ type, name }) => type === 'TXT' && same(name, record.name)));
    const hosts = records.flatMap((other) =>
      (other.type === 'A' || other.type === 'AAAA') && same(other.name, target) && isReachable(other.data)
        ? [other.data]
        : [],
    );
    if (!domain || hosts.length === 0 || port === 0) continue;
    found.push({ ...domain, dataServers: hosts.slice(0, maxHosts).map((host) => ({ host, port })) });
    if (found.length === maxDataServers) break;
  }
  return found;
}

function readText(record: MulticastRecord | undefined): { id: DomainId; name: string } | undefined {
  if (record?.type !== 'TXT') return undefined;
  const entries = new Map<string, string>();
  for (const part of [record.data].flat()) {
    const [key = '', ...rest] = part.toString().split('=');
    entries.set(key.toLowerCase(), rest.join('='));
  }
  const id = domainIdSchema.safeParse(entries.get('domain'));
  const name = entries.get('name');
  return id.success && name !== undefined && isName(name) ? { id: id.data, name } : undefined;
}

/** Printable only: names are shown in terminals and logs. */
function isName(text: string): boolean {
  return text.length > 0 && text.length <= maxNameLength && !/\p{C}/u.test(text);
}

function isInstance(name: string): boolean {
  return name.toLowerCase().endsWith(`.${serviceName}`);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A diallable address: no wildcard, no multicast group, none that needs a scope (interface) with it. */
function isReachable(host: string): boolean {
  if (isIP(host) === 4) return !/^(0|22[4-9]|23\d|24\d|25\d)\./.test(host);
  return isIP(host) === 6 && !/^(::$|ff|fe[89ab])/i.test(host);
}
