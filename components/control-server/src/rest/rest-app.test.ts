import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { json } from 'node:stream/consumers';
import { changeUnknown } from '@zhiyun/contracts/rest';
import { PlatformError } from '@zhiyun/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import type { RestApp } from './rest-app.ts';
import type { RestHandlers } from './rest-handlers.ts';
import { as, buildTestApp, testUserId } from './test-app.ts';

let app: RestApp | undefined;
afterEach(() => app?.[Symbol.asyncDispose]());
async function appWith(handlers: Partial<RestHandlers>): Promise<RestApp> {
  app = await buildTestApp(handlers);
  return app;
}

const user = {
  id: testUserId,
  username: 'ann',
  role: 'viewer' as const,
  mustChangePassword: false,
  createdAt: '2026-01-01T00:00:00.000Z',
};
const post = (url: string, payload: string | object, headers: Record<string, string> = as('administrator')) => ({
  method: 'POST' as const,
  url: `/api/v1${url}`,
  headers: { 'content-type': 'application/json', ...headers },
  payload,
});
const newUser = '"username":"ann","password":"correct horse 9","role":"viewer"';

describe('requests', () => {
  it('reach the handler parsed, with defaults, principal and a hash of what was asked', async () => {
    const seen: unknown[] = [];
    const { inject } = await appWith({
      async listUsers({ query, principal, requestHash, idempotencyKey }) {
        seen.push({ limit: query.limit, by: principal.username, hash: requestHash.length, idempotencyKey });
        return { items: [], nextCursor: null };
      },
    });
    await inject({ url: '/api/v1/users?limit=7', headers: { ...as('administrator'), 'idempotency-key': 'a-1' } });
    await inject({ url: '/api/v1/users', headers: as('administrator') });
    expect(seen).toEqual([
      { limit: 7, by: 'administrator', hash: 64, idempotencyKey: 'a-1' },
      { limit: 50, by: 'administrator', hash: 64, idempotencyKey: undefined },
    ]);
  });

  it('are refused with every wrong field at once, each with its path', async () => {
    const { inject } = await appWith({});
    const body = { name: '-x', cores: 0, memoryBytes: '1', disks: [{ sizeBytes: 1.5, colour: 'red' }], extra: 1 };
    const answer = await inject(post('/instances', body, as('operator')));
    expect(answer.statusCode).toBe(400);
    const { code, errors } = answer.json();
    expect(code).toBe('invalid-request');
    expect(errors).toEqual(
      expect.arrayContaining([
        {
          path: 'name',
          message: expect.stringContaining('must start with a letter or digit'),
          sentence: { key: 'field.name-shape', params: {} },
        },
        { path: 'cores', message: 'must be at least 1', sentence: { key: 'field.at-least', params: { value: '1' } } },
        {
          path: 'memoryBytes',
          message: 'must be a whole number of bytes',
          sentence: { key: 'field.whole-bytes', params: {} },
        },
        {
          path: 'disks.0.sizeBytes',
          message: 'must be a whole number of bytes',
          sentence: { key: 'field.whole-bytes', params: {} },
        },
        { path: 'disks.0.colour', message: 'is not a known field', sentence: { key: 'field.unknown', params: {} } },
        { path: 'extra', message: 'is not a known field', sentence: { key: 'field.unknown', params: {} } },
      ]),
    );
  });

  it.each([
    ['', 'the body is required'],
    ['{}', 'username is required'],
  ])('without what is needed are told so: %j', async (payload, detail) => {
    const { inject } = await appWith({});
    const answer = await inject(post('/users', payload));
    expect(answer.json()).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(answer.json().detail).toContain(detail);
  });

  it.each([
    ['cut off', '{"username":'],
    ['a key twice', `{${newUser},"role":"administrator"}`],
    ['an escaped key twice', `{${newUser},"r\\u006fle":"administrator"}`],
    ['__proto__', `{${newUser},"__proto__":{"role":"administrator"}}`],
    ['deep nesting', `{"username":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('with %s are malformed', async (_, payload) => {
    const { inject } = await appWith({});
    const answer = await inject(post('/users', payload));
    expect(answer.json()).toMatchObject({ code: 'malformed-json', status: 400 });
  });

  it.each([
    ['a NUL in the body', post('/compute-pools', { name: 'p', description: 'a\0b' }), 'description'],
    ['half a character in the body', post('/compute-pools', { name: 'p', description: '\ud800' }), 'description'],
    ['a NUL in the path', { url: '/api/v1/instances/%00', headers: as('viewer') }, 'id'],
    ['a NUL in the query', { url: '/api/v1/instances?search=%00', headers: as('viewer') }, 'search'],
    ['a name shaped like an id', post('/compute-pools', { name: testUserId.toUpperCase() }), 'name'],
  ])('with %s are refused before anybody asks the database', async (_, request, path) => {
    const { inject } = await appWith({});
    const answer = await inject(request);
    expect(answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ path }] });
  });

  it('with a path longer than any name are refused, not failed', async () => {
    const { inject } = await appWith({});
    const answer = await inject({ url: `/api/v1/instances/${'a'.repeat(5000)}`, headers: as('viewer') });
    expect(answer.json()).toMatchObject({ code: 'invalid-request', status: 400 });
  });

  it('may leave out a body that is optional', async () => {
    const operation = { id: testUserId } as never;
    const bodies: unknown[] = [];
    const { inject } = await appWith({
      async stopInstance({ body }) {
        bodies.push(body);
        return operation;
      },
    });
    for (const payload of ['', '{}', '{"timeoutSeconds":5}']) await inject(post('/instances/a/stop', payload));
    expect(bodies).toEqual([undefined, { timeoutSeconds: 90 }, { timeoutSeconds: 5 }]);
  });

  it('of another type, too large, or with a body where none belongs are refused', async () => {
    const { inject } = await appWith({});
    const text = await inject(post('/users', 'a=b', { ...as('administrator'), 'content-type': 'text/plain' }));
    expect(text.json().code).toBe('unsupported-media-type');
    const large = await inject(post('/users', JSON.stringify({ username: 'x'.repeat(300_000) })));
    expect(large.json().code).toBe('payload-too-large');
    const superfluous = await inject(post('/instances/a/start', { force: true }));
    expect(superfluous.json().code).toBe('invalid-request');
    const key = await inject({
      ...post('/instances/a/start', ''),
      headers: { ...as('operator'), 'idempotency-key': 'ö' },
    });
    expect(key.json().errors[0].path).toBe('Idempotency-Key');
  });

  it('to nowhere are 404, with another method 405', async () => {
    const { inject } = await appWith({});
    expect((await inject({ url: '/api/v1/nothing' })).json()).toMatchObject({ code: 'not-found' });
    const wrong = await inject({ method: 'PUT', url: '/api/v1/instances' });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers.allow).toBe('GET, POST');
    expect((await inject({ url: '/api/v1/instances/%zz' })).json()).toMatchObject({ code: 'invalid-request' });
  });

  it('from a page of another site are refused, whoever is signed in', async () => {
    const { inject } = await appWith({ createUser: async () => user });
    const crossSite = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of crossSite) {
      const answer = await inject(post('/users', `{${newUser}}`, { ...as('administrator'), ...headers }));
      expect(answer.json()).toMatchObject({ code: 'cross-site-request', status: 403 });
    }
    const same = { origin: 'https://cloud.example', 'x-zhiyun-origin': 'https://cloud.example' };
    expect((await inject(post('/users', `{${newUser}}`, { ...as('administrator'), ...same }))).statusCode).toBe(201);
  });
});

describe('answers', () => {
  it('hold nothing that the contract does not name', async () => {
    const { inject } = await appWith({ getMe: async () => ({ ...user, passwordHash: 'secret' }) });
    const answer = await inject({ url: '/api/v1/users/me', headers: as('viewer') });
    expect(answer.json()).toEqual(user);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('that break the contract are a fault of ours, not half an answer', async () => {
    const { inject } = await appWith({ getMe: async () => ({ ...user, createdAt: 'yesterday' }) });
    const answer = await inject({ url: '/api/v1/users/me', headers: as('viewer') });
    expect(answer.json()).toMatchObject({ code: 'internal', status: 500 });
  });

  it('carry a PlatformError as it is and hide every other', async () => {
    const errors = [{ path: 'username', message: 'is taken' }];
    const { inject } = await appWith({
      async createUser() {
        throw new PlatformError('name-taken', 'ann is there already', { errors });
      },
      async getMe() {
        throw new Error('password=hunter2');
      },
    });
    const refused = await inject(post('/users', `{${newUser}}`));
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toEqual({
      type: 'https://zhiyun.dev/problems/name-taken',
      title: 'The name is in use',
      status: 409,
      code: 'name-taken',
      detail: 'ann is there already',
      errors,
    });
    const hidden = await inject({ url: '/api/v1/users/me', headers: as('viewer') });
    expect(hidden.body).not.toContain('hunter2');
    expect(hidden.json()).toMatchObject({ code: 'internal', detail: expect.stringMatching(/log id [0-9a-f-]{36}/) });
  });

  it('that are 401 say how to sign in', async () => {
    const { inject } = await appWith({});
    const answer = await inject({ url: '/api/v1/users/me' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
  });

  it('name no server and no path of a lost database', async () => {
    for (const ending of ['', ` ${changeUnknown}`]) {
      const { inject } = await appWith({
        async createSession() {
          const detail = `The database "z" at /var/lib/zhiyun/run, db-7.internal:5432 cannot be reached: refused.${ending}`;
          throw new PlatformError('database-unavailable', detail);
        },
      });
      const answer = await inject(post('/sessions', { username: 'ann', password: 'secret' }));
      expect(answer.json()).toMatchObject({ code: 'database-unavailable', status: 503 });
      expect(answer.body).not.toMatch(/var|internal|5432/);
      expect(answer.json().detail.includes('was kept')).toBe(ending !== '');
    }
  });

  it('of a 204 are empty, of a screenshot are bytes', async () => {
    const { inject } = await appWith({
      deleteSession: async () => undefined,
      getScreenshot: async () => Buffer.from([0x89, 0x50]),
    });
    const none = await inject({ method: 'DELETE', url: '/api/v1/sessions/current', headers: as('viewer') });
    expect([none.statusCode, none.body]).toEqual([204, '']);
    const picture = await inject({ url: '/api/v1/instances/a/screenshot', headers: as('operator') });
    expect(picture.headers['content-type']).toBe('image/png');
    expect([...picture.rawPayload]).toEqual([0x89, 0x50]);
  });

  it('are the same over HTTP/2, as the link brings it', async () => {
    const { handler } = await appWith({ getMe: async () => user });
    const server = createServer().on('request', handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const session = connect(`http://127.0.0.1:${address.port}`);
    try {
      const stream = session.request({ ':path': '/api/v1/users/me', ...as('viewer') });
      const [headers] = await once(stream, 'response');
      expect(headers[':status']).toBe(200);
      expect(await json(stream)).toEqual(user);
      const creating = session.request({
        ':method': 'POST',
        ':path': '/api/v1/users',
        'content-type': 'application/json',
        ...as('administrator'),
      });
      creating.end('{"a":1}');
      expect(await json(creating)).toMatchObject({ code: 'invalid-request' });
    } finally {
      session.close();
      server.close();
    }
  });
});
