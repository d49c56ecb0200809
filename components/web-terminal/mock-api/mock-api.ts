/**
 * The mock back end as one function from Request to Response, so that it serves the development server and tests alike.
 * Requests are checked by the same route table as on the platform: method, path, policy, query and body.
 */
import { allKinds, problemOf, roleMay } from '@zhiyun/contracts';
import { apiPrefix, type Policy, type RouteName, routes, routesOfKind } from '@zhiyun/contracts/rest';
import type { z } from 'zod';
import { type MockUser, World } from './db.ts';
import { eventFeed } from './event-feed.ts';
import type { MockHandlers, MockRequest } from './handler.ts';
import { componentHandlers } from './handlers/components.ts';
import { historyHandlers } from './handlers/history.ts';
import { identityHandlers } from './handlers/identity.ts';
import { imageHandlers } from './handlers/images.ts';
import { nodeHandlers, poolHandlers, systemHandlers } from './handlers/infrastructure.ts';
import { instanceHandlers } from './handlers/instances.ts';
import { joinTokenHandlers } from './handlers/join-tokens.ts';
import { MockError } from './mock-error.ts';
import { outside, outsidePrefix } from './outside.ts';
import { createDb, type SeedOptions } from './seed.ts';
import { serveUpload } from './tus.ts';

export interface MockApiOptions extends SeedOptions {
  /** Milliseconds that a step of an operation takes. Default 700. */
  pace?: number;
}

export interface MockApi {
  readonly world: World;
  fetch(request: Request): Promise<Response>;
}

/** Kinds that are plain everywhere have no mock of their own: there is none of them yet. */
const handlers: Partial<MockHandlers> = {
  ...identityHandlers,
  ...systemHandlers,
  ...componentHandlers,
  ...joinTokenHandlers,
  ...poolHandlers,
  ...nodeHandlers,
  ...instanceHandlers,
  ...imageHandlers,
  ...historyHandlers,
};

const cookieName = 'zhiyun-mock';
const lists = new Set<RouteName | undefined>(allKinds.map((kind) => routesOfKind(kind).list));
const routeNames = Object.keys(routes) as RouteName[];
const patterns = routeNames.map((name) => ({
  name,
  method: routes[name].method,
  pattern: new RegExp(`^${apiPrefix}${routes[name].path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

interface Match {
  name: RouteName;
  params: Record<string, string>;
}

function matchRoute(method: string, pathname: string): Match {
  const fitting = patterns.filter(({ pattern }) => pattern.test(pathname));
  // `/users/me` before `/users/{id}`: the one with fewer parameters.
  const [route] = fitting
    .filter((each) => each.method === method)
    .sort((a, b) => a.pattern.source.split('(?<').length - b.pattern.source.split('(?<').length);
  if (!route) {
    if (fitting.length > 0) throw new MockError('method-not-allowed', `${method} is not possible there.`);
    throw new MockError('not-found', `There is nothing at ${pathname}.`);
  }
  const groups = route.pattern.exec(pathname)?.groups ?? {};
  const params = Object.fromEntries(Object.entries(groups).map(([key, value]) => [key, decodeURIComponent(value)]));
  return { name: route.name, params };
}

function parsed(name: RouteName, part: 'params' | 'query' | 'body', input: unknown): unknown {
  const schema = routes[name][part as never] as z.ZodType | undefined;
  if (!schema) return undefined;
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new MockError('invalid-request', 'The request is not valid.', errors);
}

const nobody: MockUser = {
  id: '' as MockUser['id'],
  username: '',
  role: 'viewer',
  mustChangePassword: false,
  createdAt: '',
  password: '',
};

function tokenOf(request: Request): string {
  return new RegExp(`${cookieName}=([^;]+)`).exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
}

function admitted(world: World, token: string, policy: Policy): MockUser {
  if (policy === 'public') return nobody;
  const session = world.db.sessions.find((each) => each.token === token);
  const user = session && world.user(session.userId);
  if (!user) throw new MockError('not-authenticated', 'Sign in first.');
  if (policy !== 'signed-in' && !roleMay(user.role, policy)) {
    throw new MockError('forbidden', `The role ${user.role} does not hold the permission ${policy}.`);
  }
  return user;
}

function problemResponse(error: unknown): Response {
  const problem =
    error instanceof MockError
      ? error.problem
      : problemOf({
          code: 'internal',
          detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
  return Response.json(problem, { status: problem.status, headers: { 'content-type': 'application/problem+json' } });
}

export function createMockApi(options: MockApiOptions = {}): MockApi {
  const world = new World(createDb(options));
  const pace = options.pace ?? 700;

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.startsWith(outsidePrefix)) return outside(world, url, pace);
    await world.awake();
    const token = tokenOf(request);
    const upload = /\/images\/([^/]+)\/content$/.exec(url.pathname);
    if (upload?.[1]) return serveUpload(request, upload[1], world, admitted(world, token, 'image:write'), pace);

    const { name, params } = matchRoute(request.method, url.pathname);
    const user = admitted(world, token, routes[name].policy);
    if (name === 'listEvents' && request.headers.get('accept')?.includes('text/event-stream')) return eventFeed(world);
    const text = await request.text();
    const headers = new Headers();
    const context = {
      params: parsed(name, 'params', params),
      query: parsed(name, 'query', Object.fromEntries(url.searchParams)),
      body: parsed(name, 'body', text ? JSON.parse(text) : undefined),
      user,
      token,
      world,
      pace,
      setCookie: (value: string) =>
        headers.append(
          'set-cookie',
          `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict${value ? '' : '; Max-Age=0'}`,
        ),
    };
    // The table ties each name to its own request type; that tie is lost where the name is only known at run time.
    const handler = handlers[name] as ((request: MockRequest) => unknown) | undefined;
    if (!handler && lists.has(name)) return Response.json({ items: [], nextCursor: null }, { headers });
    if (!handler) throw new MockError('not-found', `The mock knows nothing of ${name}.`);
    const result = await handler(context as MockRequest);
    const { status } = routes[name];
    if (result instanceof Uint8Array) {
      return new Response(result as Uint8Array<ArrayBuffer>, { status, headers: { 'content-type': 'image/png' } });
    }
    return result === undefined ? new Response(null, { status, headers }) : Response.json(result, { status, headers });
  }

  return { world, fetch: (request) => answer(request).catch(problemResponse) };
}
