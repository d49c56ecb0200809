/**
 * Tickets for consoles: who holds one may open this kind of console of this instance on this node, once, within 30 s. The
 * ticket stands in the path of a WebSocket, never in a query, and only its hash is kept.
 */
import { instanceCan, roleMay, say } from '@zhiyun/contracts';
import type { ConsoleKind } from '@zhiyun/contracts/links';
import { apiPrefix } from '@zhiyun/contracts/rest';
import { type Clock, isoTime, PlatformError } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { hashOfSecret, newSecret } from '../identity/secret.ts';
import { notFound } from '../reference/named.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import type { RestHandlers, RestRequest } from '../rest/rest-handlers.ts';

const ticketLifetimeMs = 30_000;

export interface ConsoleOptions {
  store: Store;
  clock: Clock;
}

export function consoleHandlers(
  options: ConsoleOptions,
): Pick<RestHandlers, 'createDisplayTicket' | 'createSerialTicket'> {
  return {
    createDisplayTicket: (request) => createTicket(options, 'display', request),
    createSerialTicket: (request) => createTicket(options, 'serial', request),
  };
}

async function createTicket(
  { store, clock }: ConsoleOptions,
  kind: ConsoleKind,
  { params, principal, origin }: Pick<RestRequest<'createDisplayTicket'>, 'params' | 'principal' | 'origin'>,
) {
  const id = await resolveReference(store.db, 'instance', params.id);
  const query = store.db.selectFrom('instance').select(['name', 'state', 'node_id']).where('id', '=', id);
  const instance = await query.executeTakeFirst();
  if (!instance) throw notFound('instance', params.id);
  if (instance.node_id === null || !instanceCan(kind, instance.state)) {
    throw new PlatformError(
      'wrong-state',
      say('instance.no-console', { name: instance.name, state: say(`instance.state-${instance.state}`) }),
    );
  }
  const ticket = newSecret();
  const expiresAt = new Date(clock.now() + ticketLifetimeMs);
  await store.db
    .insertInto('console_ticket')
    .values({
      ticket_hash: hashOfSecret(ticket),
      kind,
      user_id: principal.userId,
      session_id: principal.sessionId,
      instance_id: id,
      node_id: instance.node_id,
      expires_at: expiresAt,
    })
    .execute();
  const url = `${origin.replace(/^http/, 'ws')}${apiPrefix}/consoles/${kind}/${ticket}`;
  return { url, expiresAt: isoTime(expiresAt.getTime()) };
}

/**
 * Uses the ticket up. One answer for unknown, used, expired, of the other kind, of an instance that has moved, of a session that has
 * ended (its tickets went with it), or of a user who may not any more.
 */
export async function redeemTicket(
  { store, clock }: ConsoleOptions,
  { ticket, kind }: { ticket: string; kind: ConsoleKind },
) {
  const used = await store.db
    .deleteFrom('console_ticket')
    .using(['instance', 'app_user'])
    .where('ticket_hash', '=', hashOfSecret(ticket))
    .where('console_ticket.kind', '=', kind)
    .where('expires_at', '>', new Date(clock.now()))
    .whereRef('instance.id', '=', 'console_ticket.instance_id')
    .whereRef('instance.node_id', '=', 'console_ticket.node_id')
    .whereRef('app_user.id', '=', 'console_ticket.user_id')
    .returning([
      'console_ticket.instance_id',
      'console_ticket.node_id',
      'console_ticket.user_id',
      'console_ticket.session_id',
      'app_user.role',
    ])
    .executeTakeFirst();
  if (!used || !roleMay(used.role, 'instance:console'))
    throw new PlatformError('ticket-invalid', say('instance.ticket-invalid'));
  return {
    instanceId: used.instance_id,
    nodeId: used.node_id,
    userId: used.user_id,
    ...(used.session_id !== null && { sessionId: used.session_id }),
  };
}
