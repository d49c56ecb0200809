/** Nodes: the rows of the public API. */
import { z } from 'zod';
import { pageSchema } from '../fields.ts';
import { byReference, route } from '../rest/route.ts';
import { listNodesQuerySchema, nodeLoadSchema, nodeSchema, updateNodeSchema } from './node.ts';

export const nodeRoutes = {
  listNodes: route({
    method: 'GET',
    path: '/nodes',
    policy: 'node:read',
    summary: 'List nodes',
    status: 200,
    query: listNodesQuerySchema,
    answer: pageSchema(nodeSchema),
  }),
  getNode: route({
    method: 'GET',
    path: '/nodes/{id}',
    policy: 'node:read',
    summary: 'One node',
    status: 200,
    params: byReference,
    answer: nodeSchema,
  }),
  updateNode: route({
    method: 'PATCH',
    path: '/nodes/{id}',
    policy: 'node:write',
    summary: 'Rename a node, move it between pools, pause scheduling',
    status: 200,
    params: byReference,
    body: updateNodeSchema,
    answer: nodeSchema,
  }),
  getNodeLoad: route({
    method: 'GET',
    path: '/nodes/{id}/load',
    policy: 'node:read',
    summary: 'Load of a node over the last minutes',
    status: 200,
    params: byReference,
    answer: z.object({ items: z.array(nodeLoadSchema) }),
  }),
} as const;
