/**
 * Persistent identity of a component: `identity.json` (id and private key, made once, 0600), `membership.json` (domain
 * and present certificate), `address.json` (its last port, so that peers find it after a restart) and
 * `data-servers.json` (last known Data Servers).
 */
import { X509Certificate } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComponentId, componentIdSchema, domainIdSchema, say } from '@zhiyun/contracts';
import { type ComponentType, type LinkEndpoint, linkEndpointSchema } from '@zhiyun/contracts/links';
import { isoTime, newId, readKept, systemErrorCode, type Versioned, versioned, writeKept } from '@zhiyun/kernel';
import { z } from 'zod';
import { newPrivateKey } from '../certificates/certificates.ts';
import { parseComponentUri } from '../certificates/component-uri.ts';

const identitySchema = z.object({ id: componentIdSchema, privateKey: z.string() });
const membershipSchema = z.object({
  domain: z.object({ id: domainIdSchema, name: z.string() }),
  /** PEM. */
  certificate: z.string(),
  caCertificate: z.string(),
});
export type Membership = z.infer<typeof membershipSchema>;

/** Versioned shape of each file. */
export const identityShape = versioned({ what: say('version.identity'), schema: identitySchema });
export const membershipShape = versioned({ what: say('version.membership'), schema: membershipSchema });
export const addressShape = versioned({ what: say('version.own-address'), schema: z.object({ port: z.int() }) });
/** An array cannot carry a version: should it ever need one, it becomes an object. */
export const dataServersShape = versioned({ what: say('version.data-servers'), schema: z.array(linkEndpointSchema) });

export class Identity {
  readonly id: ComponentId;
  readonly type: ComponentType;
  /** PEM. */
  readonly privateKey: string;
  readonly #directory: string;

  constructor(directory: string, type: ComponentType, kept: z.infer<typeof identitySchema>) {
    this.#directory = directory;
    this.type = type;
    this.id = kept.id;
    this.privateKey = kept.privateKey;
  }

  async membership(): Promise<Membership | undefined> {
    return await read(join(this.#directory, 'membership.json'), membershipShape);
  }
  async keepMembership(membership: Membership): Promise<void> {
    await writeKept(join(this.#directory, 'membership.json'), membershipShape, membership);
  }
  async port(): Promise<number | undefined> {
    return (await read(join(this.#directory, 'address.json'), addressShape))?.port;
  }
  async keepPort(port: number): Promise<void> {
    if (port !== (await this.port())) await writeKept(join(this.#directory, 'address.json'), addressShape, { port });
  }
  async dataServers(): Promise<LinkEndpoint[]> {
    return (await read(join(this.#directory, 'data-servers.json'), dataServersShape)) ?? [];
  }
  async keepDataServers(endpoints: readonly LinkEndpoint[]): Promise<void> {
    await writeKept(join(this.#directory, 'data-servers.json'), dataServersShape, [...endpoints]);
  }
}

/** Reads `<home>/<type>/identity`, or creates it. */
export async function openIdentity(home: string, type: ComponentType): Promise<Identity> {
  const directory = directoryOf(home, type);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'identity.json');
  let kept = await read(path, identityShape);
  if (!kept) {
    kept = { id: newId<ComponentId>(), privateKey: newPrivateKey() };
    await writeKept(path, identityShape, kept);
  }
  return new Identity(directory, type, kept);
}

/** Domain of this component; `undefined` when it never joined. Creates nothing. */
export async function readMembership(
  home: string,
  type: ComponentType,
): Promise<{ id: ComponentId; domain: Membership['domain'] } | undefined> {
  const directory = directoryOf(home, type);
  const kept = await read(join(directory, 'identity.json'), identityShape);
  const membership = await read(join(directory, 'membership.json'), membershipShape);
  return kept && membership && { id: kept.id, domain: membership.domain };
}

/** Moves the identity aside after the component has left its domain: it will join as a new one. Idempotent. */
export async function forgetIdentity(home: string, type: ComponentType): Promise<void> {
  const directory = directoryOf(home, type);
  try {
    await rename(directory, `${directory}-left-${isoTime(Date.now()).replaceAll(':', '-')}`);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

function directoryOf(home: string, type: ComponentType): string {
  return join(home, type, 'identity');
}

/** Whether this membership is still valid for this component at `now` (epoch ms). */
export function isUsable(membership: Membership, identity: Identity, now: number): boolean {
  const certificate = new X509Certificate(membership.certificate);
  const name = parseComponentUri(certificate.subjectAltName);
  return name?.id === identity.id && name.type === identity.type && isValidAt(membership.certificate, now);
}

/** A certificate from the future is invalid as well: the clock was ahead when it was issued. `now`: epoch ms. */
export function isValidAt(certificate: string, now: number): boolean {
  const { beginsAt, endsAt } = certificateLife(certificate);
  return beginsAt <= now && now < endsAt;
}

/** Delay until renewal: at two thirds of the lifetime, at once when not valid now. */
export function renewalDueMs(certificate: string, now: number): number {
  const { beginsAt, endsAt } = certificateLife(certificate);
  return now < beginsAt ? 0 : Math.max(0, beginsAt + ((endsAt - beginsAt) * 2) / 3 - now);
}

/** Epoch ms. */
export function certificateLife(certificate: string): { beginsAt: number; endsAt: number } {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return { beginsAt: validFromDate.getTime(), endsAt: validToDate.getTime() };
}

function read<T>(path: string, shape: Versioned<T>): Promise<T | undefined> {
  return readKept(path, shape, 'restore it from a backup, or remove its directory to join anew');
}
