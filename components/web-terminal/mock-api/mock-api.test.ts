/** The mock keeps the contract: whatever it answers fits the route table, and it refuses what the platform refuses. */
import { operationEnded } from '@zhiyun/contracts';
import { createRestClient, type RestClient, RestError, routes } from '@zhiyun/contracts/rest';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createMockApi, type MockApi } from './mock-api.ts';
import { mockPassword, seededId } from './seed.ts';

let mock: MockApi;
let cookie: string;

function clientOf(api: MockApi): RestClient {
  return createRestClient({
    baseUrl: 'http://mock',
    fetch: async (input, init) => {
      const request = new Request(input as string, init);
      if (cookie) request.headers.set('cookie', cookie);
      const response = await api.fetch(request);
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return response;
    },
  });
}

let client: RestClient;
const signIn = (username = 'admin') => client.createSession({ body: { username, password: mockPassword } });
const codeOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof RestError ? error.problem.code : String(error)),
  );
/** A limit for what hangs: the machine may be busy. */
const patience = { timeout: 20_000 };
const ended = (id: string) =>
  vi.waitFor(async () => {
    const operation = await client.getOperation({ params: { id } });
    expect(operationEnded(operation.state)).toBe(true);
    return operation;
  }, patience);

beforeEach(() => {
  mock = createMockApi({ instances: 30, pace: 4 });
  cookie = '';
  client = clientOf(mock);
});

it('answers every read as the contract says', async () => {
  await signIn();
  const id = seededId('instance', 30);
  expect(routes.getSystem.answer.safeParse(await client.getSystem()).error).toBeUndefined();
  expect(routes.getSystemLoad.answer.safeParse(await client.getSystemLoad()).error).toBeUndefined();
  expect(routes.listInstances.answer.safeParse(await client.listInstances()).error).toBeUndefined();
  expect(routes.getInstance.answer.safeParse(await client.getInstance({ params: { id } })).error).toBeUndefined();
  expect(
    routes.getInstanceUsage.answer.safeParse(await client.getInstanceUsage({ params: { id } })).error,
  ).toBeUndefined();
  expect(routes.listSshKeys.answer.safeParse(await client.listSshKeys()).error).toBeUndefined();
  expect(routes.listImages.answer.safeParse(await client.listImages()).error).toBeUndefined();
  expect(routes.listComputePools.answer.safeParse(await client.listComputePools()).error).toBeUndefined();
  expect(routes.listNodes.answer.safeParse(await client.listNodes()).error).toBeUndefined();
  expect(routes.listOperations.answer.safeParse(await client.listOperations()).error).toBeUndefined();
  expect(routes.listComponents.answer.safeParse(await client.listComponents()).error).toBeUndefined();
  expect(routes.listLinks.answer.safeParse(await client.listLinks()).error).toBeUndefined();
  expect(routes.listJoinTokens.answer.safeParse(await client.listJoinTokens()).error).toBeUndefined();
  expect(routes.listEvents.answer.safeParse(await client.listEvents()).error).toBeUndefined();
});

describe('who may', () => {
  it('lets nobody in without a session, nor with a wrong password', async () => {
    expect(await codeOf(client.listInstances())).toBe('not-authenticated');
    expect(await codeOf(client.createSession({ body: { username: 'admin', password: 'x' } }))).toBe(
      'wrong-credentials',
    );
  });

  it('holds each role to its permissions', async () => {
    await signIn('viewer');
    expect(await codeOf(client.startInstance({ params: { id: '测试机-01' } }))).toBe('forbidden');
    expect(await codeOf(client.listInstances())).toBe('no error');
  });

  it('ends a session', async () => {
    await signIn();
    await client.deleteSession();
    expect(await codeOf(client.getMe())).toBe('not-authenticated');
  });
});

describe('lists', () => {
  it('page through everything once, whatever the sort', async () => {
    await signIn();
    for (const sort of ['name', '-createdAt'] as const) {
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.listInstances({ query: { limit: 7, sort, cursor } });
        names.push(...page.items.map(({ name }) => name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(names).toHaveLength(30);
      expect(new Set(names).size).toBe(30);
    }
  });

  it('filter and search', async () => {
    await signIn();
    const { items } = await client.listInstances({ query: { state: 'stopped', search: 'CRASH' } });
    expect(items.map(({ name }) => name)).toEqual(['crashed-1']);
    expect(await codeOf(client.listInstances({ query: { state: 'odd' as 'running' } }))).toBe('invalid-request');
  });
});

describe('instances', () => {
  const body = {
    name: 'new-1',
    cores: 1,
    memoryBytes: 2 ** 30,
    disks: [{ sizeBytes: 20 * 2 ** 30, image: 'debian-13-cloud' }],
  };

  it('are made, stopped and deleted by operations', async () => {
    await signIn();
    const made = await ended((await client.createInstance({ body })).id);
    expect(made).toMatchObject({ state: 'succeeded', progress: 1 });
    expect(await client.getInstance({ params: { id: 'new-1' } })).toMatchObject({ state: 'running', operation: null });
    await ended((await client.stopInstance({ params: { id: 'new-1' } })).id);
    expect(await codeOf(client.stopInstance({ params: { id: 'new-1' } }))).toBe('wrong-state');
    await ended((await client.deleteInstance({ params: { id: 'new-1' } })).id);
    expect(await codeOf(client.getInstance({ params: { id: 'new-1' } }))).toBe('not-found');
  });

  it('are refused with the field that is wrong', async () => {
    await signIn();
    expect(await codeOf(client.createInstance({ body: { ...body, name: 'web-1' } }))).toBe('name-taken');
    const small = { ...body, disks: [{ sizeBytes: 2 ** 30, image: 'debian-13-cloud' }] };
    await expect(client.createInstance({ body: small })).rejects.toMatchObject({
      problem: { errors: [{ path: 'disks.0.sizeBytes', message: 'must be at least 10 GiB' }] },
    });
    expect(await codeOf(client.createInstance({ body: { ...body, iso: 'debian-13-cloud' } }))).toBe('image-wrong-kind');
  });

  it('follow the sentinel names', async () => {
    await signIn();
    expect(await codeOf(client.createInstance({ body: { ...body, name: 'insufficient-capacity' } }))).toBe(
      'insufficient-capacity',
    );
    const failed = await ended((await client.createInstance({ body: { ...body, name: 'launch-failed-1' } })).id);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'launch-failed' } });
    expect(await codeOf(client.getInstance({ params: { id: 'launch-failed-1' } }))).toBe('not-found');
    const stuck = await client.createInstance({ body: { ...body, name: 'stuck-1' } });
    await vi.waitFor(
      async () => expect(await client.getOperation({ params: { id: stuck.id } })).toMatchObject({ state: 'stuck' }),
      patience,
    );
    await client.retryOperation({ params: { id: stuck.id } });
    expect((await ended(stuck.id)).state).toBe('failed');
  });

  it('can be given up while they are made', async () => {
    await signIn();
    const slow = await client.createInstance({ body: { ...body, name: 'slow-1' } });
    await client.cancelOperation({ params: { id: slow.id } });
    expect((await ended(slow.id)).state).toBe('cancelled');
  });
});

it('loses a server and has it back, links and node with it', async () => {
  await signIn();
  const lost = async () => ({
    components: (await client.listComponents({ query: { state: 'gone', search: 'node-2' } })).items.length,
    node: (await client.getNode({ params: { id: 'node-2' } })).state,
    links: (await client.listLinks({ query: { state: 'gone', limit: 500 } })).items.length,
  });
  const before = await lost();
  await mock.fetch(new Request('http://mock/mock/lose/node-2', { method: 'POST' }));
  expect(await lost()).toMatchObject({ components: 5, node: 'offline' });
  expect((await lost()).links).toBeGreaterThan(before.links);
  await mock.fetch(new Request('http://mock/mock/return/node-2', { method: 'POST' }));
  expect(await lost()).toEqual(before);
});

it('lets in who has a join token, for its roles and its uses', async () => {
  await signIn();
  const { token, id } = await client.createJoinToken({ body: { roles: ['storage-server'], uses: 1 } });
  const join = async (role: string) =>
    (await mock.fetch(new Request(`http://mock/mock/join/new-1?token=${token}&role=${role}`, { method: 'POST' })))
      .status;
  expect(await join('control-server')).toBe(403);
  expect(await join('storage-server')).toBe(204);
  expect((await client.listComponents({ query: { search: 'new-1' } })).items).toMatchObject([
    { type: 'storage-server' },
  ]);
  expect((await client.listJoinTokens()).items.some((each) => each.id === id)).toBe(false);
  expect(await join('storage-server')).toBe(403);
});

it('takes an upload in parts, by tus, and checks it', async () => {
  await signIn();
  const image = await client.createImage({ body: { name: 'up-1', kind: 'iso', sizeBytes: 1024 } });
  const send = (method: string, offset: number, bytes?: Uint8Array<ArrayBuffer>) =>
    mock.fetch(
      new Request(`http://mock${image.uploadUrl}`, {
        method,
        headers: { cookie, 'upload-offset': String(offset) },
        ...(bytes ? { body: bytes } : {}),
      }),
    );
  expect((await send('PATCH', 0, new Uint8Array(600))).status).toBe(204);
  expect((await send('PATCH', 0, new Uint8Array(10))).status).toBe(409);
  expect((await send('HEAD', 0)).headers.get('upload-offset')).toBe('600');
  expect((await send('PATCH', 600, new Uint8Array(424))).status).toBe(204);
  await vi.waitFor(
    async () => expect(await client.getImage({ params: { id: 'up-1' } })).toMatchObject({ state: 'ready' }),
    patience,
  );
});

it('feeds events live', async () => {
  await signIn();
  const response = await mock.fetch(
    new Request('http://mock/api/v1/events', { headers: { cookie, accept: 'text/event-stream' } }),
  );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe(': connected\n\n');
  await client.updateInstance({ params: { id: 'web-1' }, body: { name: 'web-one' } });
  expect((await reader?.read())?.value).toMatch(/^id: \d+\ndata: .*instance\.renamed/);
  await reader?.cancel();
});
