import type { Problem } from '@zhiyun/contracts';
import { type Route, type RouteName, routes, routeUrl } from '@zhiyun/contracts/rest';
import { newId } from '@zhiyun/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestControlServer, type TestControlServer } from './testing/test-control-server.ts';

let test: TestControlServer;
beforeAll(async () => {
  test = await startTestControlServer();
});
afterAll(() => test[Symbol.asyncDispose]());

/** What a row needs to get past validation. */
const bodies: Partial<Record<RouteName, object>> = {
  updateInstance: { name: 'x' },
  moveImage: { storageServer: 'x' },
};
const named = (Object.entries(routes) as [RouteName, Route][]).filter(([, { path }]) => path.includes('{id}'));

describe.each(named)('%s', (name, route) => {
  it.each([newId<string>(), 'no-such-thing'])('answers 404 for %s, whatever it is', async (id) => {
    const body = route.body ? JSON.stringify(bodies[name] ?? {}) : undefined;
    const answer = await test.fetch(routeUrl(route.path, { id }), {
      method: route.method,
      headers: {
        authorization: `Bearer ${test.adminToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });
    const problem = (await answer.json()) as Problem;
    expect({ status: answer.status, code: problem.code }).toEqual({ status: 404, code: 'not-found' });
  });
});

describe('a Control Server', () => {
  it('made the first user of the domain when it started', () => {
    expect(test.control.firstUser).toEqual({ username: 'admin', created: true });
  });

  it('answers an action with 202, where to look, and the same operation for a repeated request', async () => {
    const order = {
      method: 'POST',
      headers: {
        authorization: `Bearer ${test.adminToken}`,
        'content-type': 'application/json',
        'idempotency-key': 'create-1',
      },
      body: JSON.stringify({ name: 'web', cores: 1, memoryBytes: 64 * 1024 * 1024 }),
    };
    const first = await test.fetch('/api/v1/instances', order);
    expect(first.status).toBe(202);
    const operation = await first.json();
    expect(first.headers.get('location')).toBe(`/api/v1/operations/${operation.id}`);
    expect((await (await test.fetch('/api/v1/instances', order)).json()).id).toBe(operation.id);
    const other = { ...order, body: order.body.replace('"web"', '"other"') };
    expect(await (await test.fetch('/api/v1/instances', other)).json()).toMatchObject({
      code: 'idempotency-key-reused',
    });
    expect(await test.ended(operation)).toMatchObject({ state: 'succeeded' });
  });
});
