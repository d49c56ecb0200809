/** For tests of the REST layer alone: an app whose handlers and sessions are made up by the test. */
import type { Role, UserId } from '@zhiyun/contracts';
import { type RouteName, routes } from '@zhiyun/contracts/rest';
import { newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { EventStreams, type FollowEvents } from '../event/event-stream.ts';
import { buildRestApp, type RestApp } from './rest-app.ts';
import type { Principal, RestHandlers } from './rest-handlers.ts';

export const testUserId = newId<UserId>();

/** `Bearer viewer` is a viewer, and so on; `Bearer expired` and anything else is nobody. */
export async function buildTestApp(
  overrides: Partial<RestHandlers> = {},
  options: { follow?: FollowEvents; mayGoOn?: () => boolean } = {},
): Promise<RestApp> {
  const unexpected = async () => {
    throw new Error('not part of this test');
  };
  const handlers = Object.fromEntries(
    (Object.keys(routes) as RouteName[]).map((name) => [name, overrides[name] ?? unexpected]),
  ) as unknown as RestHandlers;
  return buildRestApp({
    handlers,
    version: '0.0.0-test',
    log: silentLogger,
    eventStreams: new EventStreams({ follow: options.follow ?? async function* () {}, clock: systemClock }),
    async authenticate({ authorization }): Promise<Principal> {
      const name = authorization?.replace('Bearer ', '');
      if (name !== 'viewer' && name !== 'operator' && name !== 'administrator') {
        throw new PlatformError('not-authenticated', 'Sign in first');
      }
      if (options.mayGoOn && !options.mayGoOn()) throw new PlatformError('not-authenticated', 'The session has ended');
      return { userId: testUserId, username: name, role: name satisfies Role, sessionId: name };
    },
  });
}

export const as = (role: Role | 'expired') => ({ authorization: `Bearer ${role}` });
