/** SSH keys: the rows of the public API. Everybody sees and changes only his own. */
import { pageSchema } from '../fields.ts';
import { byReference, route } from '../rest/route.ts';
import { createSshKeySchema, listSshKeysQuerySchema, sshKeySchema } from './ssh-key.ts';

export const sshKeyRoutes = {
  listSshKeys: route({
    method: 'GET',
    path: '/ssh-keys',
    policy: 'ssh-key:read',
    summary: 'List your SSH keys',
    status: 200,
    query: listSshKeysQuerySchema,
    answer: pageSchema(sshKeySchema),
  }),
  createSshKey: route({
    method: 'POST',
    path: '/ssh-keys',
    policy: 'ssh-key:write',
    summary: 'Add a public key',
    status: 201,
    body: createSshKeySchema,
    answer: sshKeySchema,
  }),
  getSshKey: route({
    method: 'GET',
    path: '/ssh-keys/{id}',
    policy: 'ssh-key:read',
    summary: 'One of your SSH keys',
    status: 200,
    params: byReference,
    answer: sshKeySchema,
  }),
  deleteSshKey: route({
    method: 'DELETE',
    path: '/ssh-keys/{id}',
    policy: 'ssh-key:write',
    summary: 'Delete one of your SSH keys',
    status: 204,
    params: byReference,
  }),
} as const;
