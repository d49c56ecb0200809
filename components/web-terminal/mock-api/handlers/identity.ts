import { userIdSchema } from '@zhiyun/contracts';
import type { MockUser } from '../db.ts';
import type { Some } from '../handler.ts';
import { MockError } from '../mock-error.ts';
import { found, pageOf } from '../paging.ts';

const shown = ({ password: _, ...user }: MockUser) => user;

export const identityHandlers: Some<
  | 'createSession'
  | 'getFirstSignIn'
  | 'deleteSession'
  | 'getMe'
  | 'changePassword'
  | 'listUsers'
  | 'createUser'
  | 'updateUser'
  | 'deleteUser'
> = {
  createSession({ body, world, setCookie }) {
    const user = world.db.users.find(({ username }) => username === body.username);
    if (user?.password !== body.password) {
      throw new MockError('wrong-credentials', 'The username or the password is wrong.');
    }
    const token = crypto.randomUUID();
    world.db.sessions.push({ token, userId: user.id });
    setCookie(token);
    return { token, expiresAt: new Date(Date.now() + 12 * 3_600_000).toISOString(), user: shown(user) };
  },
  getFirstSignIn: ({ world }) => ({
    pending: !world.db.users.some(({ role, mustChangePassword }) => role === 'administrator' && !mustChangePassword),
  }),
  deleteSession({ world, token, setCookie }) {
    world.db.sessions = world.db.sessions.filter((session) => session.token !== token);
    setCookie('');
    return undefined;
  },
  getMe: ({ user }) => shown(user),
  changePassword({ body, user, world, token }) {
    if (user.password !== body.currentPassword) {
      throw new MockError('wrong-credentials', 'The current password is wrong.', [
        { path: 'currentPassword', message: 'is not your current password' },
      ]);
    }
    user.password = body.newPassword;
    user.mustChangePassword = false;
    world.db.sessions = world.db.sessions.filter((session) => session.userId !== user.id || session.token === token);
    return undefined;
  },
  listUsers({ query, world }) {
    const page = pageOf(world.db.users, query, ({ id }) => id);
    return { ...page, items: page.items.map(shown) };
  },
  createUser({ body, world }) {
    const user: MockUser = {
      id: userIdSchema.parse(crypto.randomUUID()),
      mustChangePassword: true,
      createdAt: new Date().toISOString(),
      ...body,
    };
    world.db.users.push(user);
    return shown(user);
  },
  updateUser({ params, body, world }) {
    const user = world.db.users.find(({ id, username }) => id === params.id || username === params.id);
    if (!user) throw new MockError('not-found', `There is no user "${params.id}".`);
    if (body.role) user.role = body.role;
    if (body.password) user.password = body.password;
    return shown(user);
  },
  deleteUser({ params, world }) {
    const named = world.db.users.map(({ id, username }) => ({ id, name: username }));
    const { id } = found(named, params.id, 'user');
    world.db.users = world.db.users.filter((user) => user.id !== id);
    return undefined;
  },
};
