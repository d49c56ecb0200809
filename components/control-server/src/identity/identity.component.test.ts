import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DomainId } from '@zhiyun/contracts';
import { silentLogger } from '@zhiyun/kernel';
import { createTestStore, type TestStore, type VirtualClock, virtualClock, waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RestApp } from '../rest/rest-app.ts';
import { buildTestApp } from '../rest/test-app.ts';
import { ensureAdmin } from './ensure-admin.ts';
import { expireAccess } from './expire-access.ts';
import { identityHandlers } from './identity-handlers.ts';
import { Sessions, sessionIdleMs, sessionLifetimeMs } from './sessions.ts';

const testDomainId = '01930000-0000-7000-8000-00000000000d' as DomainId;

let test: TestStore;
let clock: VirtualClock;
let app: RestApp;
let directory: string;
let password: string;

beforeEach(async () => {
  test = await createTestStore();
  clock = virtualClock();
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-identity-'));
  const passwordFile = join(directory, 'initial-admin-password');
  await ensureAdmin({ store: test.store, clock, passwordFile });
  password = (await readFile(passwordFile, 'utf8')).trim();
  app = await controlServer();
});
afterEach(async () => {
  await app[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** Another one on the same database shares nothing with the first but that. */
function controlServer(): Promise<RestApp> {
  const sessions = new Sessions(test.store, clock, testDomainId);
  const handlers = identityHandlers({ store: test.store, sessions, clock });
  return buildTestApp(handlers, { authenticate: (credentials) => sessions.authenticate(credentials) });
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
async function call(method: Method, path: string, options: { token?: string; body?: object; address?: string } = {}) {
  const headers = {
    'x-zhiyun-client-address': options.address ?? '192.0.2.1',
    ...(options.token && { authorization: `Bearer ${options.token}` }),
  };
  return app.inject({ method, url: `/api/v1${path}`, headers, ...(options.body && { payload: options.body }) });
}
const signIn = (username = 'admin', secret = password, address?: string) =>
  call('POST', '/sessions', { body: { username, password: secret }, ...(address && { address }) });
const tokenOf = async (username?: string, secret?: string): Promise<string> =>
  (await signIn(username, secret)).json().token;
const me = (token: string) => call('GET', '/users/me', { token });

/** Of any session. It is kept after the answer, for which nobody waits; virtual hours would pass meanwhile. */
async function lastUse(): Promise<number | undefined> {
  const ofAll = test.store.db.selectFrom('session').select(({ fn }) => fn.max('last_used_at').as('at'));
  return (await ofAll.executeTakeFirst())?.at.getTime();
}

/** Somebody who has set a password of his own. */
async function addUser(username: string, role: string): Promise<string> {
  const id = await addGivenUser(username, role);
  const token = await tokenOf(username, givenPassword);
  const body = { currentPassword: givenPassword, newPassword: 'correct horse' };
  expect((await call('PUT', '/users/me/password', { token, body })).statusCode).toBe(204);
  return id;
}
const givenPassword = 'given by somebody';
async function addGivenUser(username: string, role: string): Promise<string> {
  const token = await tokenOf();
  const answer = await call('POST', '/users', { token, body: { username, role, password: givenPassword } });
  return answer.json().id;
}

describe('the first user', () => {
  it('is made once, and its password can be read by the owner of the file only', async () => {
    const passwordFile = join(directory, 'again');
    const { mode } = await stat(join(directory, 'initial-admin-password'));
    expect(mode & 0o777).toBe(0o600);
    expect(await ensureAdmin({ store: test.store, clock, passwordFile })).toEqual({
      username: 'admin',
      created: false,
    });
    await expect(stat(passwordFile)).rejects.toThrow('ENOENT');
    const session = (await signIn()).json();
    expect(session.user).toMatchObject({ username: 'admin', role: 'administrator', mustChangePassword: true });
  });
});

describe('a session', () => {
  it('opens by bearer token and by cookie, and keeps no secret in the database', async () => {
    const answer = await signIn();
    const { token } = answer.json();
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^__Host-zhiyun-00000000000d=${token}; Path=/; Max-Age=\\d+; HttpOnly; Secure; SameSite=Strict$`),
    );
    const cookie = `other=1; __Host-zhiyun-00000000000d=${token}`;
    expect((await app.inject({ url: '/api/v1/users/me', headers: { cookie } })).statusCode).toBe(200);
    expect((await me(token)).json().username).toBe('admin');
    const rows = await test.store.db.selectFrom('session').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('ends at sign-out, here at once and elsewhere within a second', async () => {
    const token = await tokenOf();
    await using elsewhere = await controlServer();
    const ask = () => elsewhere.inject({ url: '/api/v1/users/me', headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).statusCode).toBe(200);
    expect((await call('DELETE', '/sessions/current', { token })).statusCode).toBe(204);
    expect((await me(token)).statusCode).toBe(401);
    await clock.advance(1_000);
    expect((await ask()).statusCode).toBe(401);
  });

  it('ends when unused for long, lives on while used, and ends for good some day', async () => {
    const unused = await tokenOf();
    const used = await tokenOf();
    const half = sessionIdleMs / 2;
    for (let passed = 0; passed < sessionLifetimeMs; passed += half) {
      expect((await me(used)).statusCode).toBe(200);
      await waitFor(async () => (await lastUse()) === clock.now(), { describe: 'the use is kept' });
      if (passed === half * 2) expect((await me(unused)).statusCode).toBe(401);
      await clock.advance(half);
    }
    expect((await me(used)).statusCode).toBe(401);
    const { sessions } = await expireAccess({ store: test.store, clock }).run({
      signal: new AbortController().signal,
      log: silentLogger,
    });
    expect(sessions).toBe(2);
  });
});

describe('signing in', () => {
  it('answers an unknown user as a wrong password', async () => {
    const [unknown, wrong] = [await signIn('nobody', 'wrong'), await signIn('admin', 'wrong')];
    expect(unknown.statusCode).toBe(401);
    expect(unknown.body).toBe(wrong.body);
    expect(wrong.json().code).toBe('wrong-credentials');
  });

  it('is slowed down for who guesses, in parallel too, and for nobody else', async () => {
    const guesses = await Promise.all(Array.from({ length: 12 }, () => signIn('admin', 'wrong', '198.51.100.7')));
    const codes = guesses.map((answer) => answer.json().code);
    expect(codes.filter((code) => code === 'wrong-credentials').length).toBeLessThanOrEqual(6);
    expect(codes).toContain('too-many-requests');
    const blocked = await signIn('admin', password, '198.51.100.7');
    expect(blocked.statusCode).toBe(429);
    const waitSeconds = Number(blocked.headers['retry-after']);
    expect(blocked.json().detail).toContain(`wait ${waitSeconds} s`);
    expect((await signIn('admin', password, '192.0.2.1')).statusCode).toBe(201);
    await clock.advance(waitSeconds * 1000);
    expect((await signIn('admin', password, '198.51.100.7')).statusCode).toBe(201);
  });

  it('is slowed down for many addresses that guess one account, but not where its owner has been', async () => {
    expect((await signIn('admin', password, '192.0.2.1')).statusCode).toBe(201);
    for (let i = 0; i < 30; i++) await signIn('admin', 'wrong', `203.0.113.${i}`);
    expect((await signIn('admin', password, '203.0.113.99')).statusCode).toBe(429);
    expect((await signIn('admin', password, '192.0.2.1')).statusCode).toBe(201);
  });
});

describe('a password', () => {
  it('is changed only by who knows it, to one that is hard to guess, and ends the other sessions', async () => {
    const [token, other] = [await tokenOf(), await tokenOf()];
    const change = (currentPassword: string, newPassword: string) =>
      call('PUT', '/users/me/password', { token, body: { currentPassword, newPassword } });
    expect((await change('wrong', 'correct horse')).json()).toMatchObject({
      code: 'wrong-credentials',
      errors: [{ path: 'currentPassword' }],
    });
    expect((await change(password, password)).json().errors[0].path).toBe('newPassword');
    expect((await change(password, 'password123')).json().errors[0].path).toBe('newPassword');
    expect((await change(password, 'correct horse')).statusCode).toBe(204);
    expect((await me(token)).json().mustChangePassword).toBe(false);
    expect((await me(other)).statusCode).toBe(401);
    expect((await signIn()).statusCode).toBe(401);
    expect((await signIn('admin', 'correct horse')).statusCode).toBe(201);
  });
});

describe('a password that somebody else has set', () => {
  it('is good for setting an own one, and for nothing else', async () => {
    await addGivenUser('ann', 'administrator');
    const token = await tokenOf('ann', givenPassword);
    expect((await me(token)).json()).toMatchObject({ username: 'ann', mustChangePassword: true });
    const refused = await call('GET', '/users', { token });
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'password-change-required']);
    const body = { currentPassword: givenPassword, newPassword: 'correct horse' };
    expect((await call('PUT', '/users/me/password', { token, body })).statusCode).toBe(204);
    expect((await call('GET', '/users', { token })).statusCode).toBe(200);
  });

  it('is nobody’s own: who has found a session open cannot make it his', async () => {
    const id = await addUser('ann', 'administrator');
    const token = await tokenOf('ann', 'correct horse');
    for (const reference of [id, 'ann']) {
      const answer = await call('PATCH', `/users/${reference}`, { token, body: { password: 'stolen for good' } });
      expect(answer.json()).toMatchObject({ code: 'forbidden', errors: [{ path: 'password' }] });
    }
    expect((await signIn('ann', 'correct horse')).statusCode).toBe(201);
    const byAdmin = { token: await tokenOf(), body: { password: 'given once more' } };
    expect((await call('PATCH', '/users/ann', byAdmin)).json()).toMatchObject({ mustChangePassword: true });
    expect((await me(token)).statusCode).toBe(401);
  });
});

describe('users', () => {
  it('are made with a name of their own and listed page by page', async () => {
    for (const name of ['ann', 'bob', 'cid']) await addUser(name, 'viewer');
    const token = await tokenOf();
    const again = await call('POST', '/users', {
      token,
      body: { username: 'ann', role: 'viewer', password: 'correct horse' },
    });
    expect(again.json().code).toBe('name-taken');
    const first = (await call('GET', '/users?limit=3', { token })).json();
    const second = (await call('GET', `/users?limit=3&cursor=${first.nextCursor}`, { token })).json();
    const names = [...first.items, ...second.items].map((user: { username: string }) => user.username);
    expect(names).toEqual(['admin', 'ann', 'bob', 'cid']);
    expect(second.nextCursor).toBeNull();
    expect((await call('GET', '/users?cursor=x', { token })).json().errors[0].path).toBe('cursor');
  });

  it('lose their sessions with their role, and their access with it', async () => {
    const id = await addUser('ann', 'administrator');
    const ann = await tokenOf('ann', 'correct horse');
    const token = await tokenOf();
    expect((await call('PATCH', `/users/${id}`, { token, body: { role: 'viewer' } })).json().role).toBe('viewer');
    expect((await me(ann)).statusCode).toBe(401);
    expect((await me(token)).statusCode).toBe(200);
    const asViewer = await tokenOf('ann', 'correct horse');
    expect((await call('GET', '/users', { token: asViewer })).json().code).toBe('forbidden');
    expect((await call('DELETE', '/users/ann', { token })).statusCode).toBe(204);
    expect((await me(asViewer)).statusCode).toBe(401);
    const kinds = (await test.store.db.selectFrom('event').select('kind').orderBy('seq').execute()).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['user.created', 'user.changed', 'user.deleted']);
  });

  it('include an administrator always, even when two take each other down at once', async () => {
    const token = await tokenOf();
    for (const request of [
      call('DELETE', '/users/admin', { token }),
      call('PATCH', '/users/admin', { token, body: { role: 'viewer' } }),
    ]) {
      expect((await request).json()).toMatchObject({
        code: 'in-use',
        detail: expect.stringContaining('last administrator'),
      });
    }
    await addUser('ann', 'administrator');
    const ann = await tokenOf('ann', 'correct horse');
    const outcomes = await Promise.all([
      call('DELETE', '/users/ann', { token }),
      call('DELETE', '/users/admin', { token: ann }),
    ]);
    expect(outcomes.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1);
  });
});
