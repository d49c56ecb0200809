/** Join tokens: the rows of the public API. */
import { z } from 'zod';
import { byReference, route } from '../rest/route.ts';
import { createdJoinTokenSchema, createJoinTokenSchema, joinTokenSchema } from './join-token.ts';

export const joinTokenRoutes = {
  listJoinTokens: route({
    method: 'GET',
    path: '/join-tokens',
    policy: 'component:write',
    summary: 'List the join tokens that still let somebody in',
    status: 200,
    answer: z.object({ items: z.array(joinTokenSchema) }),
  }),
  createJoinToken: route({
    method: 'POST',
    path: '/join-tokens',
    policy: 'component:write',
    summary: 'Make a join token; its secret is shown only in this answer',
    status: 201,
    body: createJoinTokenSchema,
    answer: createdJoinTokenSchema,
  }),
  revokeJoinToken: route({
    method: 'DELETE',
    path: '/join-tokens/{id}',
    policy: 'component:write',
    summary: 'Revoke a join token; who has joined by it stays',
    status: 204,
    params: byReference,
  }),
} as const;
