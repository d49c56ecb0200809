/** Signing in and out, the own password, and users. */

import {
  type Event,
  type EventKind,
  type Sentence,
  type Session,
  say,
  type User,
  type UserId,
} from '@zhiyun/contracts';
import { type Clock, fieldError, isoTime, newId, PlatformError } from '@zhiyun/kernel';
import { recordEvent, type Store, type Tx } from '@zhiyun/store';
import { uniqueName } from '../reference/named.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import { actorOf, type Principal, type RestHandlers } from '../rest/rest-handlers.ts';
import { LoginThrottle } from './login-throttle.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { requireUncommonPassword } from './password-rule.ts';
import { endedSessionCookie, sessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import {
  anyOwnAdministratorPassword,
  findByUsername,
  listUsers,
  lockUser,
  type UserRow,
  userOf,
} from './user-store.ts';

export type IdentityHandlers = Pick<
  RestHandlers,
  | 'createSession'
  | 'getFirstSignIn'
  | 'deleteSession'
  | 'getMe'
  | 'changePassword'
  | 'listUsers'
  | 'createUser'
  | 'updateUser'
  | 'deleteUser'
>;

export interface IdentityOptions {
  store: Store;
  sessions: Sessions;
  clock: Clock;
}

export function identityHandlers({ store, sessions, clock }: IdentityOptions): IdentityHandlers {
  const throttle = new LoginThrottle(store, clock);

  /** Counts the attempt, then checks. Throws `too-many-requests`, and `wrong` for a wrong password and an unknown user alike. */
  async function proveUser(
    username: string,
    password: string,
    address: string,
    wrong: () => PlatformError,
  ): Promise<UserRow> {
    const row = await findByUsername(store.db, username);
    const attempt = { username, address, userId: row?.id ?? null };
    await throttle.count(attempt);
    if (!(await verifyPassword(password, row?.password_hash ?? null)) || !row) throw wrong();
    await throttle.forgive({ ...attempt, userId: row.id });
    return row;
  }

  return {
    async createSession({ body, clientAddress, setHeader }): Promise<Session> {
      const user = await proveUser(body.username, body.password, clientAddress, wrongCredentials);
      const session = await sessions.start(user.id);
      setHeader('set-cookie', sessionCookie(sessions.cookieName, session, clock.now()));
      return { token: session.token, expiresAt: isoTime(session.expiresAt.getTime()), user: userOf(user) };
    },

    getFirstSignIn: async () => ({ pending: !(await anyOwnAdministratorPassword(store)) }),

    async deleteSession({ principal, setHeader }) {
      await sessions.end(principal.sessionId);
      setHeader('set-cookie', endedSessionCookie(sessions.cookieName));
      return undefined;
    },

    async getMe({ principal }): Promise<User> {
      const row = await findByUsername(store.db, principal.username);
      if (!row) throw new PlatformError('not-authenticated', say('identity.user-gone'));
      return userOf(row);
    },

    async changePassword({ principal, body, clientAddress }) {
      requireUncommonPassword(body.newPassword, principal.username, 'newPassword');
      if (body.newPassword === body.currentPassword)
        throw wrongField('invalid-request', 'newPassword', say('field.password-same'));
      await proveUser(principal.username, body.currentPassword, clientAddress, () =>
        wrongField('wrong-credentials', 'currentPassword', say('field.password-wrong')),
      );
      const passwordHash = await hashPassword(body.newPassword);
      await store.tx(async (tx) => {
        const changes = { password_hash: passwordHash, must_change_password: false, password_change_enforced: false };
        await tx.updateTable('app_user').set(changes).where('id', '=', principal.userId).execute();
        await sessions.endAll(tx, principal.userId, principal.sessionId);
      });
      sessions.forget();
      return undefined;
    },

    listUsers: ({ query }) => listUsers(store, query),

    async createUser({ principal, body }): Promise<User> {
      requireUncommonPassword(body.password, body.username, 'password');
      const passwordHash = await hashPassword(body.password);
      const row: UserRow = {
        id: newId<UserId>(),
        username: body.username,
        role: body.role,
        password_hash: passwordHash,
        must_change_password: true,
        password_change_enforced: true,
        created_at: new Date(clock.now()),
      };
      await store.tx(async (tx) => {
        const inserting = tx.insertInto('app_user').values(row).execute();
        await uniqueName('user', body.username, 'app_user_username_key', inserting, 'username');
        await record(tx, 'user.created', row, principal, { role: row.role });
      });
      return userOf(row);
    },

    async updateUser({ principal, params, body }): Promise<User> {
      const changed = body.role !== undefined || body.password !== undefined;
      const passwordHash = body.password === undefined ? undefined : await hashPassword(body.password);
      const updated = await store.tx(async (tx) => {
        const { user: row, isLastAdministrator } = await lockUser(tx, await resolveReference(tx, 'user', params.id));
        if (!changed) return row;
        if (body.password !== undefined && row.id === principal.userId) throw ownPassword();
        if (body.password !== undefined) requireUncommonPassword(body.password, row.username, 'password');
        if (isLastAdministrator && body.role !== undefined && body.role !== 'administrator') throw lastAdministrator();
        const changes = {
          role: body.role ?? row.role,
          password_hash: passwordHash ?? row.password_hash,
          must_change_password: passwordHash !== undefined || row.must_change_password,
          password_change_enforced: passwordHash !== undefined || row.password_change_enforced,
        };
        await tx.updateTable('app_user').set(changes).where('id', '=', row.id).execute();
        await sessions.endAll(tx, row.id, principal.sessionId);
        await record(tx, 'user.changed', row, principal, { role: changes.role, password: passwordHash !== undefined });
        return { ...row, ...changes };
      });
      sessions.forget();
      return userOf(updated);
    },

    async deleteUser({ principal, params }) {
      await store.tx(async (tx) => {
        const { user: row, isLastAdministrator } = await lockUser(tx, await resolveReference(tx, 'user', params.id));
        if (isLastAdministrator) throw lastAdministrator();
        await tx.deleteFrom('app_user').where('id', '=', row.id).execute();
        await record(tx, 'user.deleted', row, principal, { role: row.role });
      });
      sessions.forget();
      return undefined;
    },
  };
}

const wrongCredentials = () => new PlatformError('wrong-credentials', say('identity.wrong-credentials'));

function wrongField(code: 'invalid-request' | 'wrong-credentials', path: string, reason: Sentence): PlatformError {
  return new PlatformError(code, say('identity.field-wrong', { field: path, reason }), {
    errors: [fieldError(path, reason)],
  });
}

/** Who finds a session open must not be able to make it his own. */
function ownPassword(): PlatformError {
  const errors = [fieldError('password', say('field.password-own'))];
  return new PlatformError('forbidden', say('identity.own-password'), { errors });
}

function lastAdministrator(): PlatformError {
  return new PlatformError('in-use', say('identity.last-administrator'));
}

function record(tx: Tx, kind: EventKind, user: UserRow, by: Principal, data: Event['data']): Promise<void> {
  return recordEvent(tx, {
    kind,
    subject: { kind: 'user', id: user.id, name: user.username },
    data,
    actor: actorOf(by),
  });
}
