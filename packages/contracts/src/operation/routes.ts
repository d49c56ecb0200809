/** Operations: the rows of the public API. */
import { pageSchema } from '../fields.ts';
import { byReference, route } from '../rest/route.ts';
import { getOperationQuerySchema, listOperationsQuerySchema, operationSchema } from './operation.ts';

export const operationRoutes = {
  listOperations: route({
    method: 'GET',
    path: '/operations',
    policy: 'operation:read',
    summary: 'List operations',
    status: 200,
    query: listOperationsQuerySchema,
    answer: pageSchema(operationSchema),
  }),
  getOperation: route({
    method: 'GET',
    path: '/operations/{id}',
    policy: 'operation:read',
    summary: 'One operation; `waitSeconds` waits for its end',
    status: 200,
    params: byReference,
    query: getOperationQuerySchema,
    answer: operationSchema,
  }),
  cancelOperation: route({
    method: 'POST',
    path: '/operations/{id}/cancel',
    policy: 'operation:write',
    summary: 'Ask it to stop and undo',
    status: 202,
    params: byReference,
    answer: operationSchema,
  }),
  retryOperation: route({
    method: 'POST',
    path: '/operations/{id}/retry',
    policy: 'operation:write',
    summary: 'Try the undo of a stuck operation again, a child that has failed, or all such children of a parent',
    status: 202,
    params: byReference,
    answer: operationSchema,
  }),
} as const;
