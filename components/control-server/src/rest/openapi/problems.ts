/** Which problems a row may answer with, from what the row is; each is one of a few that are written once. */
import type { Route } from '@zhiyun/contracts/rest';
import type { Answer } from './document.ts';

const problem = (description: string, headers?: Record<string, unknown>): Answer => ({
  description,
  ...(headers && { headers }),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const retryAfter = {
  'Retry-After': { description: 'For how many seconds it is no use to try again.', schema: { type: 'integer' } },
};

export const problemAnswers: Readonly<Record<string, Answer>> = {
  BadRequest: problem('The request is not valid; `errors` says which field, and what would be right.'),
  Unauthorized: problem('Nobody is signed in, or the credentials are wrong.'),
  Forbidden: problem('The role of the user does not hold the permission.'),
  NotFound: problem('There is nothing of this id or name.'),
  Conflict: problem(
    'Not possible as things are: a name in use, a state, another operation at work; `code` says which.',
  ),
  TooManyRequests: problem('Too many requests or streams at once.', retryAfter),
  Problem: problem('Any other problem; `code` is stable, `detail` says how to mend it.', retryAfter),
};

const reference = (name: keyof typeof problemAnswers & string): Answer => ({ $ref: `#/components/responses/${name}` });

export function problemsOf(
  route: Pick<Route, 'method' | 'path' | 'policy' | 'params' | 'query' | 'body'>,
): Record<string, Answer> {
  const isLogin = route.policy === 'public' && route.method === 'POST';
  return {
    ...((route.params || route.query || route.body) && { 400: reference('BadRequest') }),
    ...((route.policy !== 'public' || isLogin) && { 401: reference('Unauthorized') }),
    ...(route.policy !== 'public' && route.policy !== 'signed-in' && { 403: reference('Forbidden') }),
    ...(route.path.includes('{') && { 404: reference('NotFound') }),
    ...(route.method !== 'GET' && !isLogin && { 409: reference('Conflict') }),
    ...((route.policy === 'public' || route.path === '/events') && { 429: reference('TooManyRequests') }),
    default: reference('Problem'),
  };
}

/** For addresses that are not rows of the table. */
export const problemReference = reference;
