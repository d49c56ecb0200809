/** What the gateway asks before it takes a large body from somebody: would this request be let in? */
import { say } from '@zhiyun/contracts';
import { routesAt } from '@zhiyun/contracts/rest';
import { PlatformError } from '@zhiyun/kernel';
import { type Authenticate, admit, type Credentials } from './admission.ts';

/** Errors as the request's own: `not-found`, `not-authenticated`, `forbidden`. */
export async function admitRequest(
  { method, path, ...credentials }: Credentials & { method: string; path: string },
  authenticate: Authenticate,
): Promise<void> {
  const [plainPath = path] = path.split('?', 1);
  const route = routesAt(plainPath).find((row) => row.method === method);
  if (!route) throw new PlatformError('not-found', say('rest.nothing-here', { path: plainPath }));
  await admit(route.policy, credentials, authenticate);
}
