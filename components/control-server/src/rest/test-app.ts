/** For tests of the REST layer alone: an app whose handlers and sessions are made up by the test. */
import { readFileSync } from 'node:fs';
import { type Role, roleSchema, type UserId } from '@zhiyun/contracts';
import { type RouteName, routes } from '@zhiyun/contracts/rest';
import { newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { EventStreams } from '../event/event-stream.ts';
import type { Authenticate } from './admission.ts';
import { buildRestApp, type RestApp } from './rest-app.ts';
import type { RestHandlers } from './rest-handlers.ts';

/** The product's, as the platform itself says it. */
const manifestFile = new URL('../../../all-in-one/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifestFile, 'utf8')) as { version: string };

export const testUserId = newId<UserId>();

/** `Bearer viewer` is a viewer, and so on; `Bearer expired` and anything else is nobody. */
export async function buildTestApp(
  overrides: Partial<RestHandlers> = {},
  options: { authenticate?: Authenticate } = {},
): Promise<RestApp> {
  const unexpected = async () => {
    throw new Error('not part of this test');
  };
  const handlers = Object.fromEntries(
    (Object.keys(routes) as RouteName[]).map((name) => [name, overrides[name] ?? unexpected]),
  ) as unknown as RestHandlers;
  return buildRestApp({
    handlers,
    log: silentLogger,
    version,
    eventStreams: new EventStreams(
      {
        follow: async function* () {},
        newest: async () => 0,
        known: async () => ({ oldest: undefined, newest: undefined }),
      },
      systemClock,
    ),
    authenticate: options.authenticate ?? authenticateByRole,
  });
}

const authenticateByRole: Authenticate = async ({ authorization }) => {
  const role = roleSchema.safeParse(authorization?.replace('Bearer ', ''));
  if (!role.success) throw new PlatformError('not-authenticated', 'Sign in first.');
  const { data } = role;
  return { userId: testUserId, username: data, role: data, sessionId: data, mustChangePassword: false };
};

export const as = (role: Role | 'expired') => ({ authorization: `Bearer ${role}` });
