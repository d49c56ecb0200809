/** Issues certificates: `POST /join` and renewal. A component's key is its identity for life. */
import { say } from '@zhiyun/contracts';
import {
  type ComponentType,
  commonProtocol,
  type JoinAnswer,
  type JoinRequest,
  joinRequestSchema,
  linkProtocol,
  type ProtocolRange,
} from '@zhiyun/contracts/links';
import { type Clock, isoTime, type Logger, PlatformError } from '@zhiyun/kernel';
import { protocolMismatch, publicKeySha256, signComponentCertificate } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import {
  addComponent,
  type ComponentName,
  type KnownComponent,
  readComponent,
  removedError,
} from './component-rows.ts';
import type { Domain } from './domain.ts';
import { useJoinToken } from './join-tokens.ts';
import { maxClockSkewMs } from './register-components.ts';

export interface Joining {
  store: Store;
  domain: Domain;
  clock: Clock;
  log: Logger;
}

/**
 * `protocols`: version range of the caller. Throws `join-refused`, `component-removed`, `clock-wrong`,
 * `protocol-mismatch` or `invalid-request`.
 */
export async function answerJoin(joining: Joining, body: unknown, protocols?: ProtocolRange): Promise<JoinAnswer> {
  const { store, domain, clock, log } = joining;
  const { id, type, now, secret, certificateRequest } = readRequest(body, protocols);
  requireClock(type, now, clock.now());
  const key = publicKeySha256(certificateRequest);
  // Before anything is written: it also proves that the joiner holds the key.
  const certificate = await sign(joining, { id, type }, certificateRequest);
  const isNew = await store.tx(async (tx) => {
    const known = await readComponent(tx, id);
    if (!known && secret === '') {
      throw new PlatformError('join-refused', `The domain does not know this ${type}; it needs a join token.`);
    }
    const isAdded = !known && (await addComponent(tx, { id, type, key, now: clock.now() }));
    // Known already, maybe since this moment: then its key is the proof, and an answer that got lost costs no second use.
    if (isAdded) await useJoinToken(tx, clock, secret, type);
    else requireSame(known ?? (await readComponent(tx, id)), type, key);
    return isAdded;
  });
  log.info({ id, type }, `${type} ${isNew ? 'has joined' : 'has a new certificate'}`);
  const { id: domainId, name, authority } = domain;
  return { domain: { id: domainId, name }, certificate, caCertificate: authority.certificate };
}

/** For an authenticated caller. Throws `component-removed`, or `join-refused` for another key. */
export async function renewCertificate(
  joining: Joining,
  { id, type }: ComponentName,
  certificateRequest: string,
): Promise<string> {
  requireSame(await readComponent(joining.store.db, id), type, publicKeySha256(certificateRequest));
  return await sign(joining, { id, type }, certificateRequest);
}

async function sign({ domain, clock }: Joining, component: ComponentName, certificateRequest: string): Promise<string> {
  const name = { domainId: domain.id, ...component };
  return await signComponentCertificate(domain.authority, certificateRequest, name, clock.now());
}

function readRequest(body: unknown, protocols: ProtocolRange | undefined): JoinRequest {
  const theirs = protocols ?? protocolIn(body);
  if (theirs && commonProtocol(linkProtocol, theirs) === undefined)
    throw protocolMismatch(theirs, say('version.joiner'));
  const parsed = joinRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new PlatformError('invalid-request', `The request to join is not valid: ${told}.`);
}

/** Version information of the first release's request. */
function protocolIn(body: unknown): ProtocolRange | undefined {
  const version =
    typeof body === 'object' && body !== null && 'protocolVersion' in body ? Number(body.protocolVersion) : Number.NaN;
  return Number.isInteger(version) ? { oldest: version, newest: version } : undefined;
}

function requireClock(type: ComponentType, theirs: number, ours: number): void {
  const skewMs = theirs - ours;
  if (Math.abs(skewMs) <= maxClockSkewMs) return;
  const told = describeDuration(Math.abs(skewMs));
  throw new PlatformError(
    'clock-wrong',
    `The clock of this ${type} says ${isoTime(theirs)}, that of the Data Server ${isoTime(ours)}: it is ${told} ` +
      `${skewMs > 0 ? 'ahead' : 'behind'}, and more than 5 minutes are refused. Set whichever is wrong (timedatectl tells), and join again.`,
  );
}

function describeDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function requireSame(known: KnownComponent | undefined, type: ComponentType, key: string): void {
  if (!known || known.removedAt) throw removedError(type);
  if (known.type === type && known.publicKeySha256 === key) return;
  throw new PlatformError(
    'join-refused',
    `The id belongs to a ${known.type} with another key. Remove the identity directory of this ${type}: it then joins under a new id.`,
  );
}
