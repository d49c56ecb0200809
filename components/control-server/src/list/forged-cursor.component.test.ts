import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';

let platform: TestControlServer;
beforeAll(async () => {
  platform = await startTestControlServer();
});
afterAll(() => platform[Symbol.asyncDispose]());

test.each([
  ['/events', ['events:-seq', 'x']],
  ['/operations', ['operations:-id', 'x']],
  ['/instances?sort=-createdAt', ['instances:-createdAt', 'x', 'y']],
])('a cursor of %s with a key that is none is refused as the request’s fault', async (list, key) => {
  const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
  const answer = await platform.fetch(`/api/v1${list}${list.includes('?') ? '&' : '?'}cursor=${cursor}`, {
    headers: { authorization: `Bearer ${platform.adminToken}` },
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ path: 'cursor' }] });
});
