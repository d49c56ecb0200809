/** Compute pools: the rows of the public API. */
import { pageSchema } from '../fields.ts';
import { byReference, route } from '../rest/route.ts';
import {
  computePoolSchema,
  createComputePoolSchema,
  listComputePoolsQuerySchema,
  updateComputePoolSchema,
} from './compute-pool.ts';

export const computePoolRoutes = {
  listComputePools: route({
    method: 'GET',
    path: '/compute-pools',
    policy: 'compute-pool:read',
    summary: 'List compute pools',
    status: 200,
    query: listComputePoolsQuerySchema,
    answer: pageSchema(computePoolSchema),
  }),
  createComputePool: route({
    method: 'POST',
    path: '/compute-pools',
    policy: 'compute-pool:write',
    summary: 'Create a compute pool',
    status: 201,
    body: createComputePoolSchema,
    answer: computePoolSchema,
  }),
  getComputePool: route({
    method: 'GET',
    path: '/compute-pools/{id}',
    policy: 'compute-pool:read',
    summary: 'One compute pool',
    status: 200,
    params: byReference,
    answer: computePoolSchema,
  }),
  updateComputePool: route({
    method: 'PATCH',
    path: '/compute-pools/{id}',
    policy: 'compute-pool:write',
    summary: 'Change a compute pool',
    status: 200,
    params: byReference,
    body: updateComputePoolSchema,
    answer: computePoolSchema,
  }),
  deleteComputePool: route({
    method: 'DELETE',
    path: '/compute-pools/{id}',
    policy: 'compute-pool:write',
    summary: 'Delete an empty compute pool',
    status: 204,
    params: byReference,
  }),
} as const;
