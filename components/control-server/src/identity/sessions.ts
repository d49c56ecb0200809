/**
 * Sessions. The token is known to its bearer only. A session ends by itself when unused for long, at its absolute end, or
 * when it is deleted, which every Control Server notices within `cacheMs`.
 */
import { type DomainId, isUuid, type Role, say, type UserId } from '@zhiyun/contracts';
import { type Clock, newId, PlatformError } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import type { Credentials } from '../rest/admission.ts';
import type { Principal } from '../rest/rest-handlers.ts';
import { hashOfSecret, newSecret } from './secret.ts';
import { cookieToken, sessionCookieName } from './session-cookie.ts';

export const sessionIdleMs = 12 * 3_600_000;
export const sessionLifetimeMs = 7 * 24 * 3_600_000;
const cacheMs = 1_000;
const maxCached = 10_000;
/** How exactly `last_used_at` is kept; a write per request would cost more than it tells. */
const usedResolutionMs = 60_000;

export interface NewSession {
  token: string;
  expiresAt: Date;
}

export class Sessions {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Requests of one session that come together share one reading. */
  readonly #cache = new Map<string, { principal: Promise<Principal | undefined>; readAtMs: number }>();

  readonly cookieName: string;

  constructor(store: Store, clock: Clock, domainId: DomainId) {
    this.cookieName = sessionCookieName(domainId);
    this.#store = store;
    this.#clock = clock;
  }

  async start(userId: UserId): Promise<NewSession> {
    const token = newSecret();
    const now = this.#clock.now();
    const expiresAt = new Date(now + sessionLifetimeMs);
    await this.#store.db
      .insertInto('session')
      .values({
        id: newId<string>(),
        user_id: userId,
        token_hash: hashOfSecret(token),
        created_at: new Date(now),
        last_used_at: new Date(now),
        expires_at: expiresAt,
      })
      .execute();
    return { token, expiresAt };
  }

  /** Throws `not-authenticated`, and says whether a session is missing or has ended. */
  async authenticate(credentials: Credentials): Promise<Principal> {
    const token = tokenOf(credentials, this.cookieName);
    if (token === undefined) throw new PlatformError('not-authenticated', say('identity.sign-in-first'));
    const hash = hashOfSecret(token);
    const key = hash.toString('base64');
    const principal = await this.#cached(key, hash);
    if (!principal) throw new PlatformError('not-authenticated', say('identity.session-ended'));
    return principal;
  }

  #cached(key: string, hash: Buffer): Promise<Principal | undefined> {
    const now = this.#clock.monotonicMs();
    const cached = this.#cache.get(key);
    if (cached && now - cached.readAtMs < cacheMs) return cached.principal;
    if (this.#cache.size >= maxCached) this.#cache.clear();
    const reading = { principal: this.#read(hash), readAtMs: now };
    this.#cache.set(key, reading);
    const forget = () => {
      if (this.#cache.get(key) === reading) this.#cache.delete(key);
    };
    // What is no session, or could not be read, is asked again each time.
    reading.principal.then((principal) => principal ?? forget(), forget);
    return reading.principal;
  }

  async end(sessionId: string): Promise<void> {
    await this.#store.db.deleteFrom('session').where('id', '=', sessionId).execute();
    this.#cache.clear();
  }

  /** Ends the sessions of a user, but for one; part of whatever changes the user. Call `forget` after the commit. */
  async endAll(tx: Tx, userId: UserId, exceptId: string | null): Promise<void> {
    let ended = tx.deleteFrom('session').where('user_id', '=', userId);
    if (exceptId !== null) ended = ended.where('id', '<>', exceptId);
    await ended.execute();
  }
  /** Reads every session anew. */
  forget(): void {
    this.#cache.clear();
  }

  /** Those of the sessions that are good still, each with whose it is. To be asked for is to be used. */
  async living(ids: readonly string[]): Promise<ReadonlyMap<string, Principal>> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = await this.#good().where('session.id', 'in', known).execute();
    this.#noteUse(rows);
    return new Map(rows.map((row) => [row.id, principalOf(row)]));
  }

  async #read(tokenHash: Buffer): Promise<Principal | undefined> {
    const row = await this.#good().where('session.token_hash', '=', tokenHash).executeTakeFirst();
    if (!row) return undefined;
    this.#noteUse([row]);
    return principalOf(row);
  }

  #good() {
    const now = this.#clock.now();
    return this.#store.db
      .selectFrom('session')
      .innerJoin('app_user', 'app_user.id', 'session.user_id')
      .select(['session.id', 'session.last_used_at', 'app_user.id as userId', 'app_user.username', 'app_user.role'])
      .select('app_user.password_change_enforced')
      .where('session.expires_at', '>', new Date(now))
      .where('session.last_used_at', '>', new Date(now - sessionIdleMs));
  }

  #noteUse(rows: readonly { id: string; last_used_at: Date }[]): void {
    const now = this.#clock.now();
    const due = rows.filter((row) => now - row.last_used_at.getTime() > usedResolutionMs).map(({ id }) => id);
    if (due.length === 0) return;
    // Nobody waits for it: a commit can take long, and losing one costs a minute of a session's idle time.
    const used = this.#store.db.updateTable('session').set({ last_used_at: new Date(now) });
    used
      .where('id', 'in', due)
      .execute()
      .catch(() => {});
  }
}

function principalOf(row: {
  id: string;
  userId: UserId;
  username: string;
  role: Role;
  password_change_enforced: boolean;
}): Principal {
  return {
    userId: row.userId,
    username: row.username,
    role: row.role,
    sessionId: row.id,
    mustChangePassword: row.password_change_enforced,
  };
}

/** The bearer token, else the cookie. */
function tokenOf({ authorization, cookie }: Credentials, cookieName: string): string | undefined {
  if (authorization !== undefined) return /^Bearer +([\w-]{1,100})$/i.exec(authorization)?.[1];
  return cookieToken(cookie, cookieName);
}
