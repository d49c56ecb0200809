/** Sessions and users: the rows of the public API. */
import { pageSchema } from '../fields.ts';
import { byReference, route } from '../rest/route.ts';
import {
  changePasswordSchema,
  createSessionSchema,
  createUserSchema,
  listUsersQuerySchema,
  sessionSchema,
  updateUserSchema,
  userSchema,
} from './identity.ts';

export const identityRoutes = {
  createSession: route({
    method: 'POST',
    path: '/sessions',
    policy: 'public',
    summary: 'Sign in',
    status: 201,
    body: createSessionSchema,
    answer: sessionSchema,
  }),
  deleteSession: route({
    method: 'DELETE',
    path: '/sessions/current',
    policy: 'signed-in',
    summary: 'Sign out',
    status: 204,
  }),
  getMe: route({
    method: 'GET',
    path: '/users/me',
    policy: 'signed-in',
    summary: 'The user who asks',
    status: 200,
    answer: userSchema,
  }),
  changePassword: route({
    method: 'PUT',
    path: '/users/me/password',
    policy: 'signed-in',
    summary: 'Change the own password; ends all other sessions',
    status: 204,
    body: changePasswordSchema,
  }),
  listUsers: route({
    method: 'GET',
    path: '/users',
    policy: 'user:read',
    summary: 'List users',
    status: 200,
    query: listUsersQuerySchema,
    answer: pageSchema(userSchema),
  }),
  createUser: route({
    method: 'POST',
    path: '/users',
    policy: 'user:write',
    summary: 'Create a user',
    status: 201,
    body: createUserSchema,
    answer: userSchema,
  }),
  updateUser: route({
    method: 'PATCH',
    path: '/users/{id}',
    policy: 'user:write',
    summary: 'Change role or password; ends the sessions of the user',
    status: 200,
    params: byReference,
    body: updateUserSchema,
    answer: userSchema,
  }),
  deleteUser: route({
    method: 'DELETE',
    path: '/users/{id}',
    policy: 'user:write',
    summary: 'Delete a user',
    status: 204,
    params: byReference,
  }),
} as const;
