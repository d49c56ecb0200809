/** Every row of the route table against every kind of caller; a new row is tested by being there. */
import { permissions, type Role, roleMay, roles } from '@zhiyun/contracts';
import { type Policy, type Route, type RouteName, routes, routeUrl } from '@zhiyun/contracts/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestApp } from './rest-app.ts';
import { as, buildTestApp } from './test-app.ts';

let app: RestApp;
beforeAll(async () => {
  app = await buildTestApp();
});
afterAll(() => app[Symbol.asyncDispose]());

function call(route: Route, headers: Record<string, string>) {
  return app.inject({
    method: route.method,
    url: routeUrl(route.path, { id: '0197e6f0-0000-7000-8000-000000000000' }),
    headers: { ...headers, 'content-type': 'application/json' },
    // Broken on purpose: who may not come in must not learn that it is.
    payload: '{"broken',
  });
}
const known: readonly Policy[] = ['public', 'signed-in', ...permissions];

describe.each(Object.entries(routes) as [RouteName, Route][])('%s', (_, route) => {
  it('has a policy', () => {
    expect(known).toContain(route.policy);
  });
  if (route.policy !== 'public') {
    it('refuses a caller without a session and one with an expired session', async () => {
      for (const headers of [{}, as('expired'), { cookie: '__Host-zhiyun=expired' }]) {
        const answer = await call(route, headers);
        expect(answer.statusCode).toBe(401);
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(answer.json()).toMatchObject({ code: 'not-authenticated', status: 401 });
      }
    });
  }
  it.each(roles)('answers the role %s by its permissions', async (role: Role) => {
    const { policy } = route;
    const allowed = policy === 'public' || policy === 'signed-in' || roleMay(role, policy);
    const answer = await call(route, as(role));
    if (allowed) expect([400, 500]).toContain(answer.statusCode);
    else expect(answer.json()).toMatchObject({ code: 'forbidden', status: 403 });
  });
});
