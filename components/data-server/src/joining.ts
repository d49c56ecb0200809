/** `POST /join` and renewal: who gets a certificate. A component's key is its identity for life. */
import type { ComponentId } from '@zhiyun/contracts';
import {
  type ComponentType,
  type JoinAnswer,
  type JoinRequest,
  joinRequestSchema,
  linkProtocolVersion,
} from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { publicKeySha256, signComponentCertificate } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { Domain } from './domain.ts';
import { checkJoinSecret } from './join-tokens.ts';

export interface Joining {
  store: Store;
  domain: Domain;
  clock: Clock;
  log: Logger;
}

/** Throws `join-refused`, `protocol-mismatch` or `invalid-request`. */
export async function answerJoin(joining: Joining, body: unknown): Promise<JoinAnswer> {
  const { store, domain, clock, log } = joining;
  const request = readRequest(body);
  const { id, type, secret, certificateRequest } = request;
  if (type === 'data-server') {
    throw new PlatformError(
      'join-refused',
      'A Data Server does not join by token: give it the database of the domain.',
    );
  }
  const key = publicKeySha256(certificateRequest);
  const known = await readComponent(store, id);
  if (secret !== '') await checkJoinSecret(store, clock, secret, type);
  else if (!known)
    throw new PlatformError('join-refused', `The domain does not know this ${type}; it needs a join token.`);
  if (known) requireSame(known, type, key);
  const certificate = await signComponentCertificate(
    domain.authority,
    certificateRequest,
    { domainId: domain.id, type, id },
    clock.now(),
  );
  await addComponent(joining, { id, type, key });
  log.info({ id, type }, `${type} ${known ? 'has a new certificate' : 'has joined'}`);
  const { id: domainId, name, authority } = domain;
  return { domain: { id: domainId, name }, certificate, caCertificate: authority.certificate };
}

/** For a caller that has proven who it is. Throws `join-refused` when it comes with another key. */
export async function renewCertificate(
  { store, domain, clock }: Joining,
  caller: { id: ComponentId; type: ComponentType },
  certificateRequest: string,
): Promise<string> {
  const known = await readComponent(store, caller.id);
  if (!known) throw new PlatformError('join-refused', `Component ${caller.id} was removed from the domain.`);
  requireSame(known, caller.type, publicKeySha256(certificateRequest));
  const name = { domainId: domain.id, ...caller };
  return await signComponentCertificate(domain.authority, certificateRequest, name, clock.now());
}

export async function addComponent(
  { store, clock }: Pick<Joining, 'store' | 'clock'>,
  { id, type, key }: { id: ComponentId; type: ComponentType; key: string },
): Promise<void> {
  await store.db
    .insertInto('component')
    .values({ id, type, public_key_sha256: key, joined_at: new Date(clock.now()) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function readRequest(body: unknown): JoinRequest {
  const version =
    typeof body === 'object' && body !== null && 'protocolVersion' in body ? body.protocolVersion : undefined;
  if (version !== undefined && version !== linkProtocolVersion) {
    throw new PlatformError(
      'protocol-mismatch',
      `The component speaks link protocol ${version}, this Data Server speaks ${linkProtocolVersion}. Bring both to the same release.`,
    );
  }
  const parsed = joinRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new PlatformError('invalid-request', `The request to join is not valid: ${told}.`);
}

async function readComponent(store: Store, id: ComponentId) {
  return await store.db.selectFrom('component').selectAll().where('id', '=', id).executeTakeFirst();
}

function requireSame(
  known: { type: ComponentType; public_key_sha256: string },
  type: ComponentType,
  key: string,
): void {
  if (known.type === type && known.public_key_sha256 === key) return;
  throw new PlatformError(
    'join-refused',
    `The id belongs to a ${known.type} with another key. Remove the identity directory of this ${type}: it then joins under a new id.`,
  );
}
