/**
 * Who is there, and signing in: the two requests before anybody is signed in. By hand, so that the schemas of the whole API need
 * not be loaded for a form of two fields; errors are worded by the same code as everywhere, loaded when there is one.
 */
import type { Problem, Session, User } from '@zhiyun/contracts';
import { loadChunk } from '../util/load-chunk.ts';

const patienceMs = 20_000;

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`/api/v1${path}`, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    signal: AbortSignal.timeout(patienceMs),
  });
}

/** Null: nobody. Undefined: that could not be found out. */
export async function whoIsThere(): Promise<User | null | undefined> {
  try {
    const answer = await ask('/users/me');
    if (answer.ok) return (await answer.json()) as User;
    return answer.status === 401 ? null : undefined;
  } catch {
    return undefined;
  }
}

/** Throws what `displayError` words. */
export async function signIn(username: string, password: string): Promise<User> {
  const answer = await ask('/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (answer.ok) return ((await answer.json()) as Session).user;
  const { RestError } = await loadChunk(() => import('@zhiyun/contracts/rest'));
  const problem = (await answer.json().catch(() => undefined)) as Problem | undefined;
  if (typeof problem?.code === 'string') throw new RestError(problem);
  const { status, statusText } = answer;
  const detail = `${status} ${statusText}`;
  throw new RestError({ type: 'about:blank', title: statusText, status, code: 'unavailable', detail });
}

/** Is the first password still the one that lies in the file? A platform that does not answer has nothing to hint at. */
export async function isFirstSignIn(): Promise<boolean> {
  try {
    const answer = await ask('/first-sign-in');
    return answer.ok && ((await answer.json()) as { pending?: boolean }).pending === true;
  } catch {
    return false;
  }
}
